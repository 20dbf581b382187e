import { setTimeout as pause } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { failureOf } from './failure.ts'
import type { Db } from './open.ts'
import type { Schema } from './schema.ts'

/** How long a change waits for another process that holds the write lock. */
export const PATIENCE_MS = 5_000
/** The first pause between attempts; each later one is twice as long, up to the limit. */
const FIRST_WAIT_MS = 2
const LAST_WAIT_MS = 50

/**
 * Runs `change` in one write transaction. SQLite itself would block the event loop while it waits for the lock, so this
 * retries until `deadline` on the monotonic clock. Throws what `change` throws; then nothing was written.
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
