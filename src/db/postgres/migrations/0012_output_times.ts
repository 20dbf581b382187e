/** When each chunk arrived; null for those from before this was kept. */
export const sql = `
ALTER TABLE task_output ADD COLUMN at bigint;
`
