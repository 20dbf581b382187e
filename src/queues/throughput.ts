import { sql } from 'kysely'
import { z } from 'zod'
import type { Db, Ms, Schema } from '../db/index.ts'
import { RANGES, type Range } from './words.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const HOURS = 24
const BATCH = 1000

const RangeName = z.enum(Object.keys(RANGES) as [Range, ...Range[]])

export const rangeOf = (range: string | undefined): Range => RangeName.catch('1h').parse(range)

/** Buckets before the first task are omitted, as they are unknown, not zero. */
export interface Bucket {
  at: Ms
  created: number
  succeeded: number
  failed: number
  other: number
  wait_ms: number | null
  wait_ms_max: number | null
  run_ms: number | null
}

export interface Throughput {
  range: Range
  bucket_ms: Ms
  from: Ms
  until: Ms
  buckets: readonly Bucket[]
}

interface Over {
  range: Range
  now: Ms
}

/** Tasks created and ended in a queue, or in all, from counts kept with each write. */
export async function throughput(db: Db, { queue, ...over }: Over & { queue?: string }): Promise<Throughput> {
  const minutes = minutesQuery(db, over)
  const begun = db.selectFrom('task_minutes').select(({ fn }) => fn.min('minute').as('minute'))
  const rows = await (queue === undefined ? minutes : minutes.where('queue', '=', queue)).execute()
  const { minute } = await (queue === undefined ? begun : begun.where('queue', '=', queue)).executeTakeFirstOrThrow()
  return chart(rows, minute, over)
}

export async function throughputs(db: Db, over: Over): Promise<(queue: string) => Throughput> {
  const rows = Map.groupBy(await minutesQuery(db, over).execute(), ({ queue }) => queue)
  const begun = new Map((await begunQuery(db).execute()).map(({ queue, minute }) => [queue, minute]))
  return (queue) => chart(rows.get(queue) ?? [], begun.get(queue) ?? null, over)
}

export interface Hour {
  at: Ms
  succeeded: number
  failed: number
}

/** What ended in each of the last 24 hours, in all queues; the last hour is not over. */
export async function lastDay(db: Db, now: Ms): Promise<Hour[]> {
  const last = Math.floor(now / HOUR_MS)
  const rows = await hoursQuery(db, last - HOURS + 1).execute()
  return Array.from({ length: HOURS }, (_, i) => {
    const hour = last - HOURS + 1 + i
    const of = (outcome: string) => rows.find((row) => row.hour === hour && row.outcome === outcome)?.tasks ?? 0
    return { at: hour * HOUR_MS, succeeded: of('succeeded'), failed: of('failed') }
  })
}

function hoursQuery(db: Db, first: number) {
  const hour = sql<number>`minute / 60`
  return db
    .selectFrom('task_minutes')
    .select(({ fn }) => [hour.as('hour'), 'outcome', fn.sum<number>('tasks').as('tasks')])
    .where('minute', '>=', first * 60)
    .where('outcome', 'in', ['succeeded', 'failed'])
    .groupBy([hour, 'outcome'])
}

/** Removes a batch of counts that no chart shows, except the first minute of each queue; returns how many. */
export async function forgetMinutes({ db, now }: { db: Db; now: Ms }): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('task_minutes')
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('queue', 'minute', 'outcome'),
        'in',
        selectFrom('task_minutes as old')
          .select(['queue', 'minute', 'outcome'])
          .where('minute', '<', span({ range: '7d', now }).firstMinute)
          .where(({ exists, selectFrom }) =>
            exists(selectFrom('task_minutes as first').select('minute').whereRef('first.queue', '=', 'old.queue').whereRef('first.minute', '<', 'old.minute')),
          )
          .limit(BATCH)
          .$asTuple('queue', 'minute', 'outcome'),
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

function minutesQuery(db: Db, over: Over) {
  return db.selectFrom('task_minutes').selectAll().where('minute', '>=', span(over).firstMinute)
}

const begunQuery = (db: Db) =>
  db
    .selectFrom('counters')
    .select((eb) => [
      'queue',
      eb
        .selectFrom('task_minutes')
        .select(({ fn }) => fn.min('minute').as('minute'))
        .whereRef('task_minutes.queue', '=', 'counters.queue')
        .as('minute'),
    ])
    .distinct()
    .where('noun', '=', 'tasks')

function span({ range, now }: Over) {
  const { minutes, bucket } = RANGES[range]
  const last = Math.floor(now / MINUTE_MS / bucket)
  const first = last - minutes / bucket + 1
  return { bucket, first, last, firstMinute: first * bucket }
}

function chart(rows: readonly Row[], begun: number | null, over: Over): Throughput {
  const { bucket, first, last } = span(over)
  const sums = new Map<number, Sum>()
  for (const row of rows) {
    const at = Math.floor(row.minute / bucket)
    sums.set(at, add(sums.get(at), row))
  }
  const buckets: Bucket[] = []
  for (let at = first; at <= last; at++) {
    if (begun === null || (at + 1) * bucket <= begun) continue
    buckets.push({ at: at * bucket * MINUTE_MS, ...bucketOf(sums.get(at) ?? NOTHING) })
  }
  const bucket_ms = bucket * MINUTE_MS
  return { range: over.range, bucket_ms, from: first * bucket_ms, until: last * bucket_ms, buckets }
}

type Row = Schema['task_minutes']

interface Sum {
  created: number
  succeeded: number
  failed: number
  other: number
  wait_ms: number
  wait_ms_max: number
  run_ms: number
}

const NOTHING: Sum = { created: 0, succeeded: 0, failed: 0, other: 0, wait_ms: 0, wait_ms_max: 0, run_ms: 0 }

function add(sum: Sum = NOTHING, row: Row): Sum {
  const name = row.outcome === 'created' || row.outcome === 'succeeded' || row.outcome === 'failed' ? row.outcome : 'other'
  return {
    ...sum,
    [name]: sum[name] + row.tasks,
    wait_ms: sum.wait_ms + row.wait_ms,
    wait_ms_max: Math.max(sum.wait_ms_max, row.wait_ms_max),
    run_ms: sum.run_ms + row.run_ms,
  }
}

function bucketOf({ wait_ms, wait_ms_max, run_ms, ...counts }: Sum): Omit<Bucket, 'at'> {
  const ended = counts.succeeded + counts.failed + counts.other
  if (ended === 0) return { ...counts, wait_ms: null, wait_ms_max: null, run_ms: null }
  return { ...counts, wait_ms: Math.round(wait_ms / ended), wait_ms_max, run_ms: Math.round(run_ms / ended) }
}
