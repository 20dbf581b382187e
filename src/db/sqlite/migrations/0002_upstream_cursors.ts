export const sql = `
CREATE TABLE upstream_cursors (name TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX events_source_id ON events (source_id) WHERE source_id IS NOT NULL;
`
