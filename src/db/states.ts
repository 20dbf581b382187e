import { type SqlBool, sql } from 'kysely'

// SQLite cannot use a partial index for a bound parameter, so the states are literals.

/** A worker has it. */
export const HELD = sql<SqlBool>`state in ('claimed', 'running') and step_count is null`
/** A failure that nobody has acknowledged; that of a step is its pipeline's. */
export const BROKEN = sql<SqlBool>`state in ('failed', 'lost') and acknowledged_at is null and pipeline_id is null`
export const OPEN = sql<SqlBool>`state in ('queued', 'claimed', 'running')`
