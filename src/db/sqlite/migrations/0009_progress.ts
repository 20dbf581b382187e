export const sql = `
ALTER TABLE tasks ADD COLUMN progress TEXT;
`
