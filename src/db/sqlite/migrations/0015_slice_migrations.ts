export const sql = `
CREATE TABLE slice_migrations (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`
