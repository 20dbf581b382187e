/** What is known of the output of an attempt, and its chunks in printing order. */
export const sql = `
CREATE TABLE task_outputs (
  task_id text COLLATE "C" NOT NULL,
  attempt bigint NOT NULL,
  size bigint NOT NULL DEFAULT 0,
  kept_from bigint NOT NULL DEFAULT 0,
  cut_lines bigint NOT NULL DEFAULT 0,
  grew_at bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (task_id, attempt)
) WITH (fillfactor = 50);
CREATE TABLE task_output (
  task_id text COLLATE "C" NOT NULL,
  attempt bigint NOT NULL,
  start bigint NOT NULL,
  stream text COLLATE "C" NOT NULL,
  lines bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (task_id, attempt, start)
);
`
