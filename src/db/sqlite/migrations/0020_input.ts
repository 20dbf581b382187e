export const sql = `
ALTER TABLE tasks ADD COLUMN stdin TEXT NOT NULL DEFAULT 'none' CHECK (stdin IN ('none', 'open', 'pty'));
`
