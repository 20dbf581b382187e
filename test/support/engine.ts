import { inject, test } from 'vitest'

/** A test of what only SQLite has: its plans, pragmas, triggers and files. */
export const onSqlite = test.skipIf(inject('postgres') !== undefined)
