/** No worker can be given a pipeline: what waits for no other task may be claimed. Only its steps are counted as work. */
export const sql = `
ALTER TABLE tasks ADD COLUMN pipeline_id TEXT;
ALTER TABLE tasks ADD COLUMN step TEXT;
ALTER TABLE tasks ADD COLUMN step_count INTEGER CHECK (step_count IS NULL OR state <> 'queued' OR waits_for IS NOT NULL);
CREATE INDEX tasks_by_pipeline ON tasks (pipeline_id, number) WHERE pipeline_id IS NOT NULL;
DROP TRIGGER tasks_timed_in;
DROP TRIGGER tasks_timed_out;
CREATE TRIGGER tasks_timed_in AFTER INSERT ON tasks WHEN NEW.step_count IS NULL BEGIN
  INSERT INTO task_minutes VALUES (NEW.queue, NEW.created_at / 60000, 'created', 1, 0, 0, 0)
  ON CONFLICT DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER tasks_timed_out AFTER UPDATE OF state ON tasks
WHEN NEW.step_count IS NULL AND NEW.finished_at IS NOT NULL
  AND NEW.state IN ('succeeded', 'failed', 'cancelled', 'lost') AND OLD.state NOT IN ('succeeded', 'failed', 'cancelled', 'lost') BEGIN
  INSERT INTO task_minutes VALUES (
    NEW.queue, NEW.finished_at / 60000, NEW.state, 1,
    max(0, coalesce(NEW.started_at, NEW.finished_at) - max(NEW.created_at, NEW.run_at)),
    max(0, coalesce(NEW.started_at, NEW.finished_at) - max(NEW.created_at, NEW.run_at)),
    coalesce(NEW.finished_at - NEW.started_at, 0)
  )
  ON CONFLICT DO UPDATE SET
    tasks = tasks + 1, wait_ms = wait_ms + excluded.wait_ms, wait_ms_max = max(wait_ms_max, excluded.wait_ms_max), run_ms = run_ms + excluded.run_ms;
END;
`
