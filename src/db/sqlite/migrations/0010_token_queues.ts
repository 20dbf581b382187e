export const sql = `
ALTER TABLE tokens ADD COLUMN queues TEXT CHECK (queues IS NULL OR json_valid(queues));
`
