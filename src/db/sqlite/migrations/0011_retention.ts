/** The log is append-only, except that events before `meta.oldest_event` may be deleted, and payloads redacted. */
export const sql = `
CREATE TABLE settings (id TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE INDEX tasks_ended ON tasks (finished_at) WHERE finished_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_deleted ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE log_marks (at INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
INSERT INTO log_marks SELECT max(at), max(seq) FROM events WHERE source = 'local' GROUP BY at / 86400000;

DROP TRIGGER events_never_change;
CREATE TRIGGER events_lose_text_only BEFORE UPDATE ON events
WHEN NOT (
  NEW.seq = OLD.seq AND NEW.at = OLD.at AND NEW.kind = OLD.kind AND NEW.subject = OLD.subject AND NEW.actor = OLD.actor
  AND NEW.source = OLD.source AND NEW.sender IS OLD.sender AND NEW.source_id IS OLD.source_id AND NEW.cause IS OLD.cause
  AND json_extract(NEW.payload, '$.redacted') IS 1
) BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
DROP TRIGGER events_never_go;
CREATE TRIGGER events_go_from_the_front BEFORE DELETE ON events
WHEN OLD.seq >= coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'oldest_event'), 0)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

INSERT INTO tasks_text (tasks_text, rank) VALUES ('secure-delete', 1);
`
