import { sql } from 'kysely'
import { byEngine } from './by-engine.ts'

/** On PostgreSQL a change locks each row that it reads, unless the query ends with one of these. SQLite has one writer. */
export const UNLOCKED = sql``

/** Leaves out the rows that other changes have locked, so that claims do not wait for each other. */
export const SKIP_LOCKED = byEngine({ sqlite: sql``, postgres: sql`for update skip locked` })
