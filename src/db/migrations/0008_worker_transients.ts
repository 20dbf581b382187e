/** The lifecycle action of a worker that is in progress. */
export const sql = `
ALTER TABLE workers ADD COLUMN transient TEXT;
ALTER TABLE workers ADD COLUMN transient_at INTEGER;
`
