/** `run_at > created_at` is always true of scheduled tasks, but keeps the index small and the claim query from sorting by it. */
export const sql = `
DROP INDEX tasks_scheduled;
CREATE INDEX tasks_scheduled ON tasks (state, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_scheduled_in_queue ON tasks (state, queue, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_scheduled_by_number ON tasks (state, deleted_at, number, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_asking ON tasks (state, status, number) WHERE status = 'waiting-for-input' AND deleted_at IS NULL;
`
