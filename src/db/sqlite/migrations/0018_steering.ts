/** `full_at` is when the bucket of tokens is full again; one that was never used is full. */
export const sql = `
CREATE TABLE queue_pauses (
  queue TEXT PRIMARY KEY, reason TEXT NOT NULL, until INTEGER, author TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_limits (
  queue TEXT PRIMARY KEY, concurrency INTEGER, rate INTEGER, per_ms INTEGER, full_at REAL NOT NULL DEFAULT 0,
  author TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
