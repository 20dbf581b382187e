export const sql = `
CREATE INDEX tasks_by_title ON tasks (queue, title, number) WHERE deleted_at IS NULL;
CREATE INDEX attempts_by_worker ON attempts (worker_id, finished_at);
`
