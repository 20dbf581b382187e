const TEXT = 'text COLLATE "C"'

/** No worker can be given a pipeline: what waits for no other task may be claimed. Only its steps are counted as work. */
export const sql = `
ALTER TABLE tasks ADD COLUMN pipeline_id ${TEXT}, ADD COLUMN step ${TEXT}, ADD COLUMN step_count bigint;
ALTER TABLE tasks ADD CONSTRAINT tasks_unclaimable CHECK (step_count IS NULL OR state <> 'queued' OR waits_for IS NOT NULL);
CREATE INDEX tasks_by_pipeline ON tasks (pipeline_id, number) WHERE pipeline_id IS NOT NULL;
DROP TRIGGER tasks_timed_in ON tasks;
DROP TRIGGER tasks_timed_out ON tasks;
CREATE CONSTRAINT TRIGGER tasks_timed_in AFTER INSERT ON tasks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.step_count IS NULL) EXECUTE FUNCTION tasks_timed();
CREATE CONSTRAINT TRIGGER tasks_timed_out AFTER UPDATE OF state ON tasks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.step_count IS NULL AND NEW.finished_at IS NOT NULL
    AND NEW.state IN ('succeeded', 'failed', 'cancelled', 'lost') AND OLD.state NOT IN ('succeeded', 'failed', 'cancelled', 'lost'))
  EXECUTE FUNCTION tasks_timed();
`
