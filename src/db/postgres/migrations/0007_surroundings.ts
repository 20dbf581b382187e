export const sql = `
ALTER TABLE tasks ADD COLUMN cwd text COLLATE "C", ADD COLUMN env text COLLATE "C" NOT NULL DEFAULT '{}';
`
