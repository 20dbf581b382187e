export const sql = `
ALTER TABLE tasks ADD COLUMN stdin text COLLATE "C" NOT NULL DEFAULT 'none' CHECK (stdin IN ('none', 'open', 'pty'));
`
