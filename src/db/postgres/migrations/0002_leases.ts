/** Narrow, as each beat writes its row again. */
export const sql = `
CREATE TABLE leases (
  task_id text COLLATE "C" PRIMARY KEY,
  fence bigint NOT NULL,
  worker_id text COLLATE "C" NOT NULL,
  ttl_ms bigint NOT NULL,
  beat_at bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
`
