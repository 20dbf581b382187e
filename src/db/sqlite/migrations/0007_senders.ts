/** Each event from another program gets a sender, unique with `source_id`; stored subjects and actors get its name. */
export const sql = `
ALTER TABLE events ADD COLUMN sender TEXT;
DROP TRIGGER events_never_change;
UPDATE events SET
  sender = CASE
    WHEN source IN (SELECT name FROM upstream_cursors WHERE cursor GLOB '[0-9]*.[a-z]*') THEN 'telltale:'
    WHEN source IN (SELECT name FROM upstream_cursors) THEN 'upstream:'
    ELSE 'owner:'
  END || source,
  subject = CASE
    WHEN subject = 'source:' || source OR substr(subject, -1 - length(source)) = '@' || source THEN subject
    ELSE subject || '@' || source
  END,
  actor = CASE
    WHEN actor = source AND source NOT IN ('owner', 'telltale', 'operator') AND instr(source, ':') = 0 THEN actor
    ELSE source || '/' || actor
  END
WHERE source <> 'local';
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
DROP INDEX events_source;
CREATE UNIQUE INDEX events_sender ON events (sender, source_id) WHERE source_id IS NOT NULL;

CREATE TABLE event_kinds (sender TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (sender, kind)) STRICT, WITHOUT ROWID;
CREATE INDEX event_kinds_kind ON event_kinds (kind);
INSERT INTO event_kinds SELECT DISTINCT sender, kind FROM events WHERE sender IS NOT NULL;
`
