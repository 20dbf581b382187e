/** The triggers of the counters are made from the slices' declarations: this is the only one with a name of its own. */
export const sql = `
DROP TRIGGER tasks_needing_someone;
`
