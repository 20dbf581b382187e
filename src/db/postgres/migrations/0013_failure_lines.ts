/** The lines by which a search finds a failed task: those of its last failed attempt, as long as its output is kept. */
export const sql = `
CREATE TABLE failure_lines (number bigint PRIMARY KEY, attempt bigint NOT NULL, lines text COLLATE "C" NOT NULL);
CREATE FUNCTION tasks_without_output() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM failure_lines WHERE number = NEW.number;
  RETURN NULL;
END $$;
CREATE TRIGGER tasks_without_output AFTER UPDATE OF deleted_at, output_removed ON tasks FOR EACH ROW
  WHEN (NEW.deleted_at IS NOT NULL OR NEW.output_removed IS NOT NULL) EXECUTE FUNCTION tasks_without_output();
`
