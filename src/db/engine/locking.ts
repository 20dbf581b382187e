import { sql, type Transaction } from 'kysely'
import { byEngine, isPostgres } from './by-engine.ts'
import type { Schema } from './schema.ts'

/** On PostgreSQL a change locks each row that it reads, unless the query ends with one of these. SQLite has one writer. */
export const UNLOCKED = sql``

/** Leaves out the rows that other changes have locked, so that claims do not wait for each other. */
export const SKIP_LOCKED = byEngine({ sqlite: sql``, postgres: sql`for update skip locked` })

/** On PostgreSQL, waits until no other change is under way under this name, and then sees what that one has committed. SQLite has one writer. */
export async function lockName(db: Transaction<Schema>, name: string) {
  if (isPostgres(db)) await sql`select pg_advisory_xact_lock(8356, hashtext(${name}))`.execute(db)
}
