/** The queues that a worker's token is bound to, as a JSON list; null for every queue. */
export const sql = `
ALTER TABLE tokens ADD COLUMN queues TEXT CHECK (queues IS NULL OR json_valid(queues));
`
