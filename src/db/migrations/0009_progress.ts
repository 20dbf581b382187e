/** How far its worker says that a task has come, as JSON. */
export const sql = `
ALTER TABLE tasks ADD COLUMN progress TEXT;
`
