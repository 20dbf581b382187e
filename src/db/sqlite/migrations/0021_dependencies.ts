/** A task that waits for others has no place in the index for claims, however many there are. */
export const sql = `
CREATE TABLE task_dependencies (
  task_id TEXT NOT NULL, after_id TEXT NOT NULL, on_end TEXT NOT NULL CHECK (on_end IN ('success', 'any')),
  PRIMARY KEY (task_id, after_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_dependencies_by_after ON task_dependencies (after_id, task_id);
ALTER TABLE tasks ADD COLUMN waits_for INTEGER;
DROP INDEX tasks_to_claim;
CREATE INDEX tasks_to_claim ON tasks (queue, priority DESC, run_at, number) WHERE state = 'queued' AND deleted_at IS NULL AND waits_for IS NULL;
`
