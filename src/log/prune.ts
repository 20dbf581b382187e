import type { Db } from '../db/index.ts'
import type { Clock } from '../time/clock.ts'
import { TELLTALE } from './actor.ts'
import { head, oldest } from './log.ts'
import type { Mutate } from './mutate.ts'

const PRUNED_AT_ONCE = 500
const MARK_MS = 3_600_000

interface Log {
  db: Db
  mutate: Mutate
  clock: Clock
}

/** Records the head of the log with the time, as an event's own time may come from another clock. */
export async function mark(app: Log) {
  const now = app.clock.now()
  const last = await app.db.selectFrom('log_marks').select('at').orderBy('at', 'desc').limit(1).executeTakeFirst()
  if (last && last.at > now - MARK_MS) return
  await app.mutate({ actor: TELLTALE }, async ({ db }) => {
    const seq = await head(db)
    await db.insertInto('log_marks').values({ at: now, seq }).execute()
  })
}

export async function headBefore(db: Db, time: number): Promise<number> {
  const found = await db.selectFrom('log_marks').select('seq').where('at', '<', time).orderBy('at', 'desc').limit(1).executeTakeFirst()
  return found?.seq ?? 0
}

/** Removes a batch up to `seq`, except the newest event, from which numbering continues. Returns how many. */
export async function prune(app: Log, seq: number): Promise<number> {
  const first = await oldest(app.db)
  const end = Math.min(first + PRUNED_AT_ONCE, seq + 1, await head(app.db))
  if (end <= first) return 0
  await app.mutate({ actor: TELLTALE }, async ({ db }) => {
    const floor = { key: 'oldest_event', value: String(end) }
    await db
      .insertInto('meta')
      .values(floor)
      .onConflict((conflict) => conflict.column('key').doUpdateSet(floor))
      .execute()
    await db.deleteFrom('events').where('seq', '<', end).execute()
    await db.deleteFrom('log_marks').where('seq', '<', first).execute()
  })
  return end - first
}
