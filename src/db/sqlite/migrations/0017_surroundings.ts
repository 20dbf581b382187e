export const sql = `
ALTER TABLE tasks ADD COLUMN cwd TEXT;
ALTER TABLE tasks ADD COLUMN env TEXT NOT NULL DEFAULT '{}';
`
