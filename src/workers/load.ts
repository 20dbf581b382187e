import type { Db, Ms } from '../db/index.ts'
import { RANGES, type Range } from '../queues/words.ts'

export interface Load {
  range: Range
  bucket_ms: Ms
  from: Ms
  until: Ms
  /** Busy over available time, 0 to 1, oldest first; null if unknown. */
  shares: readonly (number | null)[]
}

const MOST_ATTEMPTS = 20_000
const MINUTE_MS = 60_000

interface Present {
  id: string
  concurrency: number
  launched_at: string
  stopped_at: string | null
}

export async function load(db: Db, { id, concurrency, launched_at, stopped_at }: Present, { range, now }: { range: Range; now: Ms }): Promise<Load> {
  const bucket_ms = RANGES[range].bucket * MINUTE_MS
  const until = Math.floor(now / bucket_ms) * bucket_ms
  const from = until - RANGES[range].minutes * MINUTE_MS + bucket_ms
  const over = await endedQuery(db, id, from).execute()
  const open = await openQuery(db, id).execute()
  const oldest = over.at(-1)?.finished_at
  const known = Math.max(Date.parse(launched_at), over.length === MOST_ATTEMPTS && oldest ? oldest : 0)
  const gone = stopped_at === null ? now : Math.min(now, Date.parse(stopped_at))
  const busy = busyBy([...over, ...open], { from, bucket_ms, now: gone })
  const shares = []
  for (let at = from, i = 0; at <= until; at += bucket_ms, i++) {
    const there = Math.min(gone, at + bucket_ms) - Math.max(known, at)
    shares.push(there > 0 ? Math.min(1, (busy.get(i) ?? 0) / (there * concurrency)) : null)
  }
  return { range, bucket_ms, from, until, shares }
}

export const endedQuery = (db: Db, id: string, from: Ms) =>
  db
    .selectFrom('attempts')
    .select(['claimed_at', 'finished_at'])
    .where('worker_id', '=', id)
    .where('finished_at', '>', from)
    .orderBy('finished_at', 'desc')
    .limit(MOST_ATTEMPTS)

export const openQuery = (db: Db, id: string) =>
  db.selectFrom('attempts').select(['claimed_at', 'finished_at']).where('worker_id', '=', id).where('finished_at', 'is', null)

function busyBy(attempts: readonly { claimed_at: Ms; finished_at: Ms | null }[], { from, bucket_ms, now }: { from: Ms; bucket_ms: Ms; now: Ms }) {
  const busy = new Map<number, Ms>()
  for (const { claimed_at, finished_at } of attempts) {
    const end = Math.min(finished_at ?? now, now)
    for (let at = Math.max(from, claimed_at); at < end; ) {
      const bucket = Math.floor((at - from) / bucket_ms)
      const stop = Math.min(end, from + (bucket + 1) * bucket_ms)
      busy.set(bucket, (busy.get(bucket) ?? 0) + stop - at)
      at = stop
    }
  }
  return busy
}
