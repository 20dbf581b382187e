import { setTimeout as pause } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import type { Db } from '../engine/database.ts'
import { failureOf } from '../engine/failure.ts'
import type { Schema } from '../engine/schema.ts'

export const PATIENCE_MS = 5_000
const FIRST_WAIT_MS = 2
const LAST_WAIT_MS = 50

/** Runs `change` in one transaction, retrying until `deadline` (monotonic), as SQLite itself would block the event loop. */
export async function write<T>(writer: Db, change: (db: Transaction<Schema>) => Promise<T>, deadline: number): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LAST_WAIT_MS)) {
    let begun = false
    try {
      return await writer.transaction().execute((db) => {
        begun = true
        return change(db)
      })
    } catch (error) {
      if (begun || failureOf(error) !== 'busy' || performance.now() >= deadline) throw error
    }
    await pause(wait)
  }
}
