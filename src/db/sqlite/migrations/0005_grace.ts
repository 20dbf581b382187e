export const sql = `
ALTER TABLE tasks ADD COLUMN act TEXT CHECK (act IN ('cancel', 'delete'));
ALTER TABLE tasks ADD COLUMN act_at INTEGER;
ALTER TABLE tasks ADD COLUMN act_by TEXT;
CREATE INDEX tasks_to_act ON tasks (act_at) WHERE act_at IS NOT NULL;
`
