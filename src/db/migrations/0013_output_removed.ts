/** Why the output of a task was removed. */
export const sql = `
ALTER TABLE tasks ADD COLUMN output_removed TEXT;
`
