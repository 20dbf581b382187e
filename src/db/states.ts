import { type SqlBool, sql } from 'kysely'

// SQLite cannot use a partial index for a bound parameter, so the states are literals.

export const HELD = sql<SqlBool>`state in ('claimed', 'running')`
/** A failure that nobody has acknowledged. */
export const BROKEN = sql<SqlBool>`state in ('failed', 'lost') and acknowledged_at is null`
export const OPEN = sql<SqlBool>`state in ('queued', 'claimed', 'running')`
