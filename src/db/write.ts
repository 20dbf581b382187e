import { setTimeout as pause } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { failureOf } from './failure.ts'
import type { Db } from './open.ts'
import type { Schema } from './schema.ts'

/** A change waits this long for another process that holds the write lock, from when it was asked for. */
export const PATIENCE_MS = 5_000
/** The first wait for the lock; each one after it is twice as long, up to the last. */
const FIRST_WAIT_MS = 2
const LAST_WAIT_MS = 50

/**
 * Runs `change` in one write transaction. SQLite itself would wait for the lock with the event loop held up, so it is asked
 * again and again instead, until `deadline` on the monotonic clock. Throws what `change` throws, and then nothing was written.
 */
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
