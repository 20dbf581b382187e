const TEXT = 'text COLLATE "C"'

export const sql = `
CREATE TABLE queue_pauses (queue ${TEXT} PRIMARY KEY, reason ${TEXT} NOT NULL, until bigint, author ${TEXT} NOT NULL, at bigint NOT NULL);
CREATE TABLE queue_limits (
  queue ${TEXT} PRIMARY KEY, concurrency bigint, rate bigint, per_ms bigint, full_at double precision NOT NULL DEFAULT 0,
  author ${TEXT} NOT NULL, at bigint NOT NULL
) WITH (fillfactor = 50);
`
