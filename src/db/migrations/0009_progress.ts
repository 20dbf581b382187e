/** The progress of a task, as JSON. */
export const sql = `
ALTER TABLE tasks ADD COLUMN progress TEXT;
`
