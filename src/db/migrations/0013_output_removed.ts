/** Why the output of a task that is kept is not there any more. */
export const sql = `
ALTER TABLE tasks ADD COLUMN output_removed TEXT;
`
