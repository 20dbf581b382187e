import { type SqlBool, sql } from 'kysely'

// With the states as parameters no index of just these rows would serve: SQLite would read the whole table.

/** The tasks that a worker holds. */
export const HELD = sql<SqlBool>`state in ('claimed', 'running')`
/** The tasks that are not over. */
export const OPEN = sql<SqlBool>`state in ('queued', 'claimed', 'running')`
