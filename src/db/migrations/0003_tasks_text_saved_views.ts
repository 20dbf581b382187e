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
CREATE INDEX tasks_by_finish ON tasks (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE saved_views (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  panel TEXT NOT NULL,
  search TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
`
