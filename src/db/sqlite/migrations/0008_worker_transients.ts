export const sql = `
ALTER TABLE workers ADD COLUMN transient TEXT;
ALTER TABLE workers ADD COLUMN transient_at INTEGER;
`
