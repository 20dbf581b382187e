export const sql = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind NOT GLOB '*[^a-z0-9._-]*'),
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL DEFAULT 'local',
  source_id TEXT,
  cause INTEGER,
  payload TEXT NOT NULL CHECK (json_valid(payload) AND length(payload) <= 65536)
) STRICT;
CREATE UNIQUE INDEX events_source ON events (source, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX events_kind ON events (kind, seq);
CREATE INDEX events_subject ON events (subject, seq);
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TABLE counters (
  noun TEXT NOT NULL, state TEXT NOT NULL, queue TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (noun, state, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  principal TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL,
  seq INTEGER NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE tasks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL GENERATED ALWAYS AS ('t_' || number) STORED,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  command TEXT NOT NULL,
  argv TEXT NOT NULL CHECK (json_valid(argv)),
  type TEXT,
  queue TEXT NOT NULL,
  project TEXT,
  urgency TEXT NOT NULL CHECK (urgency IN ('low', 'medium', 'high')),
  priority INTEGER NOT NULL,
  contract TEXT,
  parent_task_id TEXT,
  created_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'lost')),
  reason TEXT NOT NULL,
  status TEXT CHECK (status IN ('running', 'waiting-for-input', 'completed')),
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  idempotent INTEGER NOT NULL,
  timeout_s INTEGER,
  unique_key TEXT,
  fence INTEGER NOT NULL DEFAULT 0,
  worker_id TEXT,
  lease_ttl_ms INTEGER NOT NULL,
  beat_at INTEGER,
  run_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  claimed_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  cancel_requested_at INTEGER,
  cancel_requested_by TEXT,
  exit_code INTEGER,
  error TEXT,
  result TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX tasks_id ON tasks (id);
CREATE INDEX tasks_to_claim ON tasks (queue, priority DESC, run_at, number) WHERE state = 'queued' AND deleted_at IS NULL;
CREATE INDEX tasks_held ON tasks (worker_id) WHERE state IN ('claimed', 'running');
CREATE INDEX tasks_by_state ON tasks (state, number) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_queue ON tasks (queue, number) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_worker ON tasks (worker_id, number) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_project ON tasks (project, number) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX tasks_unique_key ON tasks (unique_key) WHERE unique_key IS NOT NULL AND state IN ('queued', 'claimed', 'running');

CREATE TRIGGER tasks_counted_in AFTER INSERT ON tasks BEGIN
  INSERT INTO counters VALUES ('tasks', NEW.state, NEW.queue, 1)
  ON CONFLICT DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER tasks_counted_on AFTER UPDATE OF state, queue ON tasks WHEN NEW.deleted_at IS NULL AND (OLD.state <> NEW.state OR OLD.queue <> NEW.queue) BEGIN
  UPDATE counters SET value = value - 1 WHERE noun = 'tasks' AND state = OLD.state AND queue = OLD.queue;
  INSERT INTO counters VALUES ('tasks', NEW.state, NEW.queue, 1)
  ON CONFLICT DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER tasks_counted_out AFTER UPDATE OF deleted_at ON tasks WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE counters SET value = value - 1 WHERE noun = 'tasks' AND state = OLD.state AND queue = OLD.queue;
END;

CREATE TABLE attempts (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  attempt INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  worker_id TEXT NOT NULL,
  pid INTEGER,
  claimed_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  outcome TEXT,
  exit_code INTEGER,
  error TEXT,
  PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL GENERATED ALWAYS AS ('w_' || number) STORED,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('local', 'remote')),
  queues TEXT NOT NULL CHECK (json_valid(queues)),
  concurrency INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('starting', 'idle', 'busy', 'draining', 'stopped', 'lost')),
  reason TEXT NOT NULL,
  host TEXT,
  pid INTEGER,
  token_id TEXT,
  launched_at INTEGER NOT NULL,
  beat_at INTEGER,
  stopped_at INTEGER,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX workers_id ON workers (id);
CREATE INDEX workers_by_state ON workers (state, number) WHERE deleted_at IS NULL;

CREATE TRIGGER workers_counted_in AFTER INSERT ON workers BEGIN
  INSERT INTO counters VALUES ('workers', NEW.state, '', 1) ON CONFLICT DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER workers_counted_on AFTER UPDATE OF state ON workers WHEN NEW.deleted_at IS NULL AND OLD.state <> NEW.state BEGIN
  UPDATE counters SET value = value - 1 WHERE noun = 'workers' AND state = OLD.state AND queue = '';
  INSERT INTO counters VALUES ('workers', NEW.state, '', 1) ON CONFLICT DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER workers_counted_out AFTER UPDATE OF deleted_at ON workers WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE counters SET value = value - 1 WHERE noun = 'workers' AND state = OLD.state AND queue = '';
END;

CREATE TABLE sign_in_links (hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, used_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,
  created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER
) STRICT, WITHOUT ROWID;
`
