/** Narrow, and apart from the worker's row, which changes lock. */
export const sql = `
CREATE TABLE contacts (
  worker_id text COLLATE "C" PRIMARY KEY,
  heard_at bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
`
