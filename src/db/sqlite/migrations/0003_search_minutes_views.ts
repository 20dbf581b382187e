export const sql = `
CREATE VIRTUAL TABLE tasks_text USING fts5 (title, description, command, error, content = 'tasks', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO tasks_text (rowid, title, description, command, error) SELECT number, title, description, command, error FROM tasks WHERE deleted_at IS NULL;

CREATE TRIGGER tasks_text_in AFTER INSERT ON tasks BEGIN
  INSERT INTO tasks_text (rowid, title, description, command, error) VALUES (NEW.number, NEW.title, NEW.description, NEW.command, NEW.error);
END;
CREATE TRIGGER tasks_text_on AFTER UPDATE OF title, description, command, error ON tasks
WHEN NEW.deleted_at IS NULL AND (OLD.title <> NEW.title OR OLD.description <> NEW.description OR OLD.command <> NEW.command OR OLD.error IS NOT NEW.error) BEGIN
  INSERT INTO tasks_text (tasks_text, rowid, title, description, command, error)
  VALUES ('delete', OLD.number, OLD.title, OLD.description, OLD.command, OLD.error);
  INSERT INTO tasks_text (rowid, title, description, command, error) VALUES (NEW.number, NEW.title, NEW.description, NEW.command, NEW.error);
END;
CREATE TRIGGER tasks_text_out AFTER UPDATE OF deleted_at ON tasks WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  INSERT INTO tasks_text (tasks_text, rowid, title, description, command, error)
  VALUES ('delete', OLD.number, OLD.title, OLD.description, OLD.command, OLD.error);
END;

CREATE INDEX tasks_by_creation ON tasks (created_at) WHERE deleted_at IS NULL;

CREATE INDEX tasks_scheduled ON tasks (run_at) WHERE state = 'queued' AND deleted_at IS NULL;
INSERT INTO counters SELECT 'attention', 'tasks', queue, count(*) FROM tasks WHERE deleted_at IS NULL AND state = 'running' AND status = 'waiting-for-input' GROUP BY queue;
CREATE TRIGGER tasks_needing_someone AFTER UPDATE OF state, status ON tasks
WHEN (NEW.state = 'running' AND NEW.status IS 'waiting-for-input') <> (OLD.state = 'running' AND OLD.status IS 'waiting-for-input') BEGIN
  INSERT INTO counters VALUES ('attention', 'tasks', NEW.queue, iif(NEW.state = 'running' AND NEW.status IS 'waiting-for-input', 1, -1))
  ON CONFLICT DO UPDATE SET value = value + excluded.value;
END;

CREATE TABLE task_minutes (
  queue TEXT NOT NULL, minute INTEGER NOT NULL, outcome TEXT NOT NULL,
  tasks INTEGER NOT NULL, wait_ms INTEGER NOT NULL, wait_ms_max INTEGER NOT NULL, run_ms INTEGER NOT NULL,
  PRIMARY KEY (queue, minute, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_minutes_by_minute ON task_minutes (minute);
CREATE TRIGGER tasks_timed_in AFTER INSERT ON tasks BEGIN
  INSERT INTO task_minutes VALUES (NEW.queue, NEW.created_at / 60000, 'created', 1, 0, 0, 0)
  ON CONFLICT DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER tasks_timed_out AFTER UPDATE OF state ON tasks
WHEN NEW.finished_at IS NOT NULL AND NEW.state IN ('succeeded', 'failed', 'cancelled', 'lost') AND OLD.state NOT IN ('succeeded', 'failed', 'cancelled', 'lost') BEGIN
  INSERT INTO task_minutes VALUES (
    NEW.queue, NEW.finished_at / 60000, NEW.state, 1,
    max(0, coalesce(NEW.started_at, NEW.finished_at) - max(NEW.created_at, NEW.run_at)),
    max(0, coalesce(NEW.started_at, NEW.finished_at) - max(NEW.created_at, NEW.run_at)),
    coalesce(NEW.finished_at - NEW.started_at, 0)
  )
  ON CONFLICT DO UPDATE SET
    tasks = tasks + 1, wait_ms = wait_ms + excluded.wait_ms, wait_ms_max = max(wait_ms_max, excluded.wait_ms_max), run_ms = run_ms + excluded.run_ms;
END;

CREATE TABLE saved_views (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  panel TEXT NOT NULL,
  search TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
`
