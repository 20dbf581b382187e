import { type SqlBool, sql } from 'kysely'
import { type Db, type Ms, SKIP_LOCKED, UNLOCKED } from '../db/index.ts'
import type { Tx } from '../log/mutate.ts'
import { type Rate, writeRate } from './words.ts'

interface Pause {
  reason: string
  /** When it ends by itself, in UTC; null: by hand. */
  until: string | null
  author: string
  at: string
}

/** What holds the tasks of a queue back, if anything does. */
export interface Steering {
  pause: Pause | null
  concurrency: number | null
  /** Such as `60/min`. */
  rate: string | null
  /** When the rate lets the next task start; null: now. */
  next_start_at: string | null
  /** Where the limits come from; null without limits. */
  limited_by: string | null
}

/** Why no task of a queue may start now. */
export type Closed = 'paused' | 'at_limit' | 'rate_limited'

export interface SteeredQueue extends Steering {
  queue: string
  running: number
  closed: Closed | null
}

/** Each queue that is paused or limited, by name. */
export type SteeredQueues = ReadonlyMap<string, SteeredQueue>

export const openQueue = (queue: string): SteeredQueue => ({
  queue,
  pause: null,
  concurrency: null,
  rate: null,
  next_start_at: null,
  limited_by: null,
  running: 0,
  closed: null,
})

/** One query, of small tables, however many tasks there are. */
export async function steeredQueues(db: Db, now: Ms): Promise<SteeredQueues> {
  const rows = await steeringQuery(db, now).execute()
  return new Map(rows.map((row) => [row.queue, toSteered(row, now)]))
}

/** When the first of these queues that waits for the clock opens. */
export function opensAt(steered: SteeredQueues, queues: readonly string[]): Ms | undefined {
  const times = queues.flatMap((queue) => steered.get(queue) ?? []).flatMap(({ pause, next_start_at }) => (pause ? pause.until : next_start_at) ?? [])
  return times.length > 0 ? Math.min(...times.map((at) => Date.parse(at))) : undefined
}

/**
 * Locks the limits of a queue until the claim commits, so that claims beside each other keep them together. False if
 * another claim has locked them and this one does not wait: one that has locked the limits of another queue must not.
 */
export async function lockLimits({ db }: Tx, queue: string, waits: boolean): Promise<boolean> {
  const limits = db.selectFrom('queue_limits').select('queue').where('queue', '=', queue)
  return (await (waits ? limits : limits.modifyEnd(SKIP_LOCKED)).executeTakeFirst()) !== undefined
}

/** Takes a token from the bucket of the queue. */
export async function spend({ db, now }: Tx, queue: string) {
  const empties = sql<Ms>`${now} + per_ms`
  const full = sql<Ms>`(case when full_at < ${now} then ${now} when full_at > ${empties} then ${empties} else full_at end)`
  await db
    .updateTable('queue_limits')
    .set({ full_at: sql<Ms>`${full} + per_ms * 1.0 / rate` })
    .where('queue', '=', queue)
    .where('rate', 'is not', null)
    .execute()
}

const inForce = (now: Ms) => sql<SqlBool>`(queue_pauses.until is null or queue_pauses.until > ${now})`

const steeringQuery = (db: Db, now: Ms) =>
  db
    .selectFrom('queue_limits')
    .fullJoin('queue_pauses', 'queue_pauses.queue', 'queue_limits.queue')
    .select(({ fn, selectFrom }) => [
      fn.coalesce('queue_limits.queue', 'queue_pauses.queue').$castTo<string>().as('queue'),
      selectFrom('counters')
        .select(({ fn }) => fn.sum<number | null>('value').as('running'))
        .where('noun', '=', 'tasks')
        .where('state', 'in', ['claimed', 'running'])
        .whereRef('counters.queue', '=', fn.coalesce('queue_limits.queue', 'queue_pauses.queue'))
        .as('running'),
      'concurrency',
      'rate',
      'per_ms',
      'full_at',
      'queue_limits.author as limited_by',
      'reason',
      'until',
      'queue_pauses.author as paused_by',
      'queue_pauses.at as paused_at',
    ])
    .where((eb) => eb.or([eb('queue_limits.queue', 'is not', null), inForce(now)]))
    .modifyEnd(UNLOCKED)

type Row = Awaited<ReturnType<ReturnType<typeof steeringQuery>['executeTakeFirstOrThrow']>>

function toSteered(row: Row, now: Ms): SteeredQueue {
  const { queue, running, concurrency, rate: tasks, per_ms, full_at, limited_by, reason, until, paused_by, paused_at } = row
  const isPaused = reason !== null && (until === null || until > now)
  const rate = tasks === null || per_ms === null ? null : { tasks, per_ms }
  const next = rate && nextStart(rate, full_at ?? 0, now)
  const steering: Steering = {
    pause: isPaused ? { reason, until: until === null ? null : iso(until), author: paused_by ?? '', at: iso(paused_at ?? 0) } : null,
    concurrency,
    rate: rate && writeRate(rate),
    next_start_at: next === null || next <= now ? null : iso(next),
    limited_by,
  }
  return { queue, ...steering, running: running ?? 0, closed: closed(steering, running ?? 0) }
}

function closed({ pause, concurrency, next_start_at }: Steering, running: number): Closed | null {
  if (pause) return 'paused'
  if (concurrency !== null && running >= concurrency) return 'at_limit'
  return next_start_at === null ? null : 'rate_limited'
}

/** When the bucket has a token. A clock that was set back makes nobody wait longer than for a bucket that is empty. */
function nextStart({ tasks, per_ms }: Rate, fullAt: number, now: Ms): Ms {
  return Math.ceil(Math.min(fullAt, now + per_ms) - per_ms + per_ms / tasks)
}

const iso = (at: Ms) => new Date(at).toISOString()
