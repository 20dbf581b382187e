/** A beat renews a lease, which is kept in memory: these columns were never read. */
export const sql = `
ALTER TABLE tasks DROP COLUMN beat_at;
ALTER TABLE workers DROP COLUMN beat_at;
`
