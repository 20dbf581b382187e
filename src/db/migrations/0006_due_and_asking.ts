/**
 * What falls due later: over all queues and in each, by its time, and by its number for a list; and what waits for a person.
 * That a task is due later than it was made says nothing new, but keeps these indexes small, and the claim from choosing one
 * of them, which would make it sort.
 */
export const sql = `
DROP INDEX tasks_scheduled;
CREATE INDEX tasks_scheduled ON tasks (state, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_scheduled_in_queue ON tasks (state, queue, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_scheduled_by_number ON tasks (state, deleted_at, number, run_at) WHERE state = 'queued' AND deleted_at IS NULL AND run_at > created_at;
CREATE INDEX tasks_asking ON tasks (state, status, number) WHERE status = 'waiting-for-input' AND deleted_at IS NULL;
`
