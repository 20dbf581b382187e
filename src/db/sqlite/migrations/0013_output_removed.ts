export const sql = `
ALTER TABLE tasks ADD COLUMN output_removed TEXT;
`
