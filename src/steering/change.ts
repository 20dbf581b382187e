import { z } from 'zod'
import type { QueueLimits } from '../config/queue-limits.ts'
import type { Ms } from '../db/index.ts'
import { conflict, invalid } from '../input/problem.ts'
import { line } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import { timeIn, written, zoneName } from '../tasks/search/instant.ts'
import { dayIn } from '../time/zone.ts'
import { events } from './events.ts'
import { openQueue, type SteeredQueue, steeredQueues } from './steering.ts'
import { writeRate } from './words.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** When a pause until tomorrow ends, on the clock of whoever pauses. */
const MORNING = '08:00'
const FROM_FILE = 'telltale.config.json'

export const Pause = z.strictObject({
  reason: line(200),
  /** Minutes such as `30m`, `tomorrow`, or a time; default: until it is resumed by hand. */
  until: z.union([z.literal(['', 'tomorrow']), z.string().regex(/^[1-9]\d{0,4}m$/), written]).optional(),
  zone: zoneName,
})

/** Running tasks finish, new ones wait. Pausing again changes the reason. Throws invalid for an end in the past. */
export function pause(app: App, caller: Caller, queue: string, { reason, until, zone }: z.infer<typeof Pause>): Promise<Mutation<SteeredQueue>> {
  return app.mutate(caller, async (tx) => {
    const end = endOf(until, tx.now, zone)
    if (end !== null && end <= tx.now) throw invalid('The pause would already be over.', { until: 'Choose a time in the future.' })
    const row = { reason, until: end, author: tx.actor.name, at: tx.now }
    await tx.db
      .insertInto('queue_pauses')
      .values({ queue, ...row })
      .onConflict((paused) => paused.column('queue').doUpdateSet(row))
      .execute()
    await tx.emit(events.stateChanged, `queue:${queue}`, { queue, state: 'paused', reason, ...(end !== null && { until: new Date(end).toISOString() }) })
    return steered(tx, queue)
  })
}

/** A queue that is not paused stays as it is. */
export function resume(app: App, caller: Caller, queue: string): Promise<Mutation<SteeredQueue>> {
  return app.mutate(caller, async (tx) => {
    await resumeIn(tx, queue, `resumed by ${tx.actor.name}`)
    return steered(tx, queue)
  })
}

/** Replaces the limits of a queue. Throws conflict if the configuration file sets them. */
export function limit(app: App, caller: Caller, queue: string, limits: QueueLimits): Promise<Mutation<SteeredQueue>> {
  if (Object.hasOwn(app.config.limits, queue)) throw conflict(`The limits of ${queue} are set in ${FROM_FILE}. Change them there and restart the server.`)
  return app.mutate(caller, async (tx) => {
    await limitIn(tx, queue, limits, tx.actor.name)
    return steered(tx, queue)
  })
}

/** Resumes the queues whose pause is over; returns how many. */
export async function resumeDue(app: App): Promise<number> {
  const due = await app.db.selectFrom('queue_pauses').select('queue').where('until', '<=', app.clock.now()).execute()
  for (const { queue } of due) await app.mutate({ actor: TELLTALE }, (tx) => resumeIn(tx, queue, 'resumed: its pause is over', tx.now))
  return due.length
}

/** Sets the limits of the configuration file, and removes those that it no longer names. */
export async function limitAsConfigured(app: App) {
  const { limits } = app.config
  await app.mutate({ actor: TELLTALE }, async (tx) => {
    const before = await tx.db.selectFrom('queue_limits').select('queue').where('author', '=', FROM_FILE).execute()
    const dropped = before.filter(({ queue }) => !Object.hasOwn(limits, queue))
    for (const { queue } of dropped) await limitIn(tx, queue, { concurrency: null, rate: null }, FROM_FILE)
    for (const [queue, own] of Object.entries(limits)) await limitIn(tx, queue, own, FROM_FILE)
  })
}

const steered = async ({ db, now }: Tx, queue: string): Promise<SteeredQueue> => (await steeredQueues(db, now)).get(queue) ?? openQueue(queue)

async function resumeIn(tx: Tx, queue: string, reason: string, dueAt?: Ms) {
  const paused = tx.db.deleteFrom('queue_pauses').where('queue', '=', queue)
  const { numDeletedRows } = await (dueAt === undefined ? paused : paused.where('until', '<=', dueAt)).executeTakeFirstOrThrow()
  if (numDeletedRows > 0) await tx.emit(events.stateChanged, `queue:${queue}`, { queue, state: 'open', reason })
}

async function limitIn(tx: Tx, queue: string, { concurrency, rate }: QueueLimits, author: string) {
  const before = await tx.db.selectFrom('queue_limits').selectAll().where('queue', '=', queue).executeTakeFirst()
  const limits = { concurrency, rate: rate?.tasks ?? null, per_ms: rate?.per_ms ?? null }
  const isSameRate = limits.rate === (before?.rate ?? null) && limits.per_ms === (before?.per_ms ?? null)
  const isSame = isSameRate && concurrency === (before?.concurrency ?? null)
  // The bucket of a new rate is full.
  const row = { ...limits, ...(!isSameRate && { full_at: 0 }), author, at: tx.now }
  if (isSame && (!before || before.author === author)) return
  if (concurrency === null && rate === null) await tx.db.deleteFrom('queue_limits').where('queue', '=', queue).execute()
  else
    await tx.db
      .insertInto('queue_limits')
      .values({ queue, ...row })
      .onConflict((limited) => limited.column('queue').doUpdateSet(row))
      .execute()
  if (!isSame) await tx.emit(events.limitsChanged, `queue:${queue}`, { queue, concurrency, rate: rate && writeRate(rate) })
}

function endOf(until: string | number | undefined, now: Ms, zone: string | undefined): Ms | null {
  if (until === undefined || until === '') return null
  if (typeof until === 'string' && until.endsWith('m')) return now + Number.parseInt(until, 10) * MINUTE_MS
  return until === 'tomorrow' ? timeIn(`${dayIn(now + DAY_MS, zone)}T${MORNING}`, zone) : timeIn(until, zone)
}
