const TEXT = 'text COLLATE "C"'

export const sql = `
ALTER TABLE tasks ADD COLUMN acknowledged_at bigint, ADD COLUMN acknowledged_by ${TEXT}, ADD COLUMN acknowledged_note ${TEXT};
CREATE INDEX tasks_broken ON tasks (state, finished_at, number) WHERE state IN ('failed', 'lost') AND acknowledged_at IS NULL AND deleted_at IS NULL;
`
