/** The lines by which a search finds a failed task: those of its last failed attempt, as long as its output is kept. */
export const sql = `
CREATE TABLE failure_lines (number INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, lines TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE failure_lines_text USING fts5 (lines, content = 'failure_lines', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO failure_lines_text (failure_lines_text, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER failure_lines_in AFTER INSERT ON failure_lines BEGIN
  INSERT INTO failure_lines_text (rowid, lines) VALUES (NEW.number, NEW.lines);
END;
CREATE TRIGGER failure_lines_on AFTER UPDATE ON failure_lines BEGIN
  INSERT INTO failure_lines_text (failure_lines_text, rowid, lines) VALUES ('delete', OLD.number, OLD.lines);
  INSERT INTO failure_lines_text (rowid, lines) VALUES (NEW.number, NEW.lines);
END;
CREATE TRIGGER failure_lines_out AFTER DELETE ON failure_lines BEGIN
  INSERT INTO failure_lines_text (failure_lines_text, rowid, lines) VALUES ('delete', OLD.number, OLD.lines);
END;
CREATE TRIGGER tasks_without_output AFTER UPDATE OF deleted_at, output_removed ON tasks WHEN NEW.deleted_at IS NOT NULL OR NEW.output_removed IS NOT NULL BEGIN
  DELETE FROM failure_lines WHERE number = NEW.number;
END;
`
