/** The earlier runs of the same thing, and what a worker was busy with, each by an index. */
export const sql = `
CREATE INDEX tasks_by_title ON tasks (queue, title, number) WHERE deleted_at IS NULL;
CREATE INDEX attempts_by_worker ON attempts (worker_id, finished_at);
`
