import { createHash } from 'node:crypto'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { type Db, type Ms, type Reservation, type Reservations, snapshot } from '../../db/index.ts'
import { conflict, invalid, Problem } from '../../input/problem.ts'
import { taskId } from '../../input/texts.ts'
import { type App, perApp } from '../../live/app.ts'
import type { LoggedEvent } from '../../log/log.ts'
import { because, type Caller, firstAnswer, type Mutation, type Tx } from '../../log/mutate.ts'
import { note } from '../acknowledge.ts'
import { VERBS, type Verb } from '../lifecycle.ts'
import { matching, TaskFilter } from '../search/filter.ts'
import { zoneName } from '../search/instant.ts'
import { type Because, BULK_VERBS, type Reason } from '../search/outcome.ts'
import { type Task, type TaskRow, toTask } from '../tasks.ts'
import { TASK_STATES, type TaskState } from '../words.ts'
import { MemoryReservations } from './memory-reservations.ts'

/** One transaction per batch, so that other writers are not blocked for long. */
const BATCH = 200
const COUNT_LIMIT = 10_000
const SAMPLE = 5
const MOST_IDS = 1000

const STILL_RUNNING = 'This change is still running. Try again in a moment.'

const ids = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(taskId).max(MOST_IDS).default([]))

export const Bulk = z
  .strictObject({
    verb: z.enum(BULK_VERBS),
    /** Of an acknowledgement. */
    note,
    id: ids,
    match: z.string().max(2000).optional(),
    /** The confirmed number: if more match by now, nothing changes. */
    count: z.coerce.number().int().min(0).optional(),
    /** The newest task at the time of the count; later ones are left alone. */
    newest: z.coerce.number().int().min(0).optional(),
    /** Issued with each confirmation, so that resubmitting the form changes nothing twice. */
    token: z.string().min(1).max(100).optional(),
    zone: zoneName,
    from: z.string().max(2000).optional(),
  })
  .refine(({ id, match }) => id.length === 0 || match === undefined, { path: ['match'], message: 'Give either ids or a filter, not both.' })
export type Bulk = z.infer<typeof Bulk>

interface BulkResult {
  changed: number
  passed_over: number
  because: Because
}

interface Preview {
  total: number
  capped: boolean
  sample: Task[]
  newest: number
  because: Because
}

const FITS: Record<Verb, readonly TaskState[]> = {
  cancel: ['queued', 'claimed', 'running'],
  retry: ['succeeded', 'failed', 'cancelled', 'lost'],
  delete: ['queued', 'succeeded', 'failed', 'cancelled', 'lost'],
  acknowledge: ['failed', 'lost'],
  unacknowledge: ['failed', 'lost'],
}
const MISFIT: Record<Verb, Reason> = { cancel: 'already_ended', retry: 'not_ended', delete: 'held', acknowledge: 'not_failed', unacknowledge: 'not_failed' }
type Rows = RawBuilder<SqlBool>
/** What is done to a pipeline, not to one of its steps. */
const AS_A_WHOLE: readonly Verb[] = ['delete', 'acknowledge', 'unacknowledge']
/** The tasks that the verb would not change, though it fits their state. */
const NO_CHANGE: Partial<Record<Verb, { reason: Reason; rows: Rows }>> = {
  cancel: { reason: 'stopping', rows: sql<SqlBool>`state in ('claimed', 'running') and cancel_requested_at is not null` },
  acknowledge: { reason: 'acknowledged', rows: sql<SqlBool>`acknowledged_at is not null` },
  unacknowledge: { reason: 'not_acknowledged', rows: sql<SqlBool>`acknowledged_at is null` },
}

export async function preview(app: App, request: Bulk): Promise<Preview> {
  const { fits, ...counted } = await census(app, request, COUNT_LIMIT + 1)
  const sample = fits.length > 0 ? await samples(app.db, fits) : []
  return { total: Math.min(fits.length, COUNT_LIMIT), capped: fits.length > COUNT_LIMIT, sample, ...counted }
}

async function samples(db: Db, fits: readonly number[]): Promise<Task[]> {
  const rows = await db.selectFrom('tasks').selectAll().where('number', 'in', fits.slice(0, SAMPLE)).orderBy('number', 'desc').execute()
  return rows.map(toTask)
}

function census({ db, clock }: App, request: Bulk, most?: number): Promise<Pick<Preview, 'newest' | 'because'> & { fits: number[] }> {
  const { verb, id } = request
  return snapshot(db, async (db) => {
    const all = choose(db, request, clock.now()).select('number')
    const newest = request.newest ?? (await all.orderBy('number', 'desc').limit(1).executeTakeFirst())?.number ?? 0
    const chosen = id.length > 0 ? all : all.where('number', '<=', newest)
    const count = async (query: typeof chosen) => (await query.limit(COUNT_LIMIT).execute()).length
    const noChange = NO_CHANGE[verb]
    const fitting = chosen
      .where('state', 'in', FITS[verb])
      .$if(noChange !== undefined, (all) => all.where(({ not, parens }) => not(parens(noChange?.rows as Rows))))
    const newestFirst = fitting.orderBy('number', 'desc')
    const fits = (await (most === undefined ? newestFirst : newestFirst.limit(most)).execute()).map(({ number }) => number)
    const others = TASK_STATES.filter((state) => !FITS[verb].includes(state))
    const misfits = await count(chosen.where('state', 'in', others))
    const unchanged = noChange ? await count(chosen.where('state', 'in', FITS[verb]).where(noChange.rows)) : 0
    const gone = id.length === 0 ? 0 : new Set(id).size - fits.length - misfits - unchanged
    const because = Object.entries({ [MISFIT[verb]]: misfits, ...(noChange && { [noChange.reason]: unchanged }), gone }).filter(([, tasks]) => tasks > 0)
    return { fits, newest, because: Object.fromEntries(because) }
  })
}

/** Commits batches separately. A repeat under the same key or token returns the first result; throws conflict while that runs, or if more match than `count`. */
export async function bulk(app: App, caller: Caller, request: Bulk): Promise<Mutation<BulkResult>> {
  const once = { actor: caller.actor, idempotency: caller.idempotency ?? tokenOf(request) }
  if (!once.idempotency) return change(app, caller, request)
  const held = await reservations(app).take(`${caller.actor.name} ${once.idempotency.key}`)
  if (!held) throw conflict(STILL_RUNNING)
  try {
    const first = await firstAnswer<BulkResult>(app.db, once)
    if (first) return first
    const { value } = await change(app, caller, request, held)
    return await app.mutate(once, async (tx) => {
      await mustHold(tx, held)
      return value
    })
  } finally {
    await held.end().catch((error) => app.log.error('could not free the key of a change of many tasks, which ends by itself', error))
  }
}

async function mustHold(tx: Tx, held: Reservation | undefined) {
  if (held && !(await held.keep(tx))) throw conflict(STILL_RUNNING)
}

async function change(app: App, caller: Caller, request: Bulk, held?: Reservation): Promise<Mutation<BulkResult>> {
  const now = app.clock.now()
  // Counted once: tasks that arrive during the run were not confirmed.
  const { fits, because } = await census(app, request)
  const total = fits.length
  if (request.count !== undefined && total > request.count) {
    throw conflict(`You confirmed ${request.count} tasks, but ${total} match now. Nothing was changed. Check again.`, { count: total })
  }
  let changed = 0
  let seq = app.hub.head
  let first: LoggedEvent | undefined
  for (let end = total; end > 0; end -= BATCH) {
    const numbers = fits.slice(Math.max(0, end - BATCH), end)
    const { seq: at, value: outcomes } = await batch(app, { actor: caller.actor, cause: first?.seq ?? caller.cause }, { request, now, numbers, held })
    first ??= outcomes.first
    for (const reason of outcomes.each) {
      if (reason === null) changed++
      else because[reason] = (because[reason] ?? 0) + 1
    }
    seq = at
  }
  const passed_over = Object.values(because).reduce((sum, tasks) => sum + tasks, 0)
  return { value: { changed, passed_over, because }, seq }
}

type Outcome = Reason | null

interface Outcomes {
  each: Outcome[]
  /** The cause of all later events. Its seq is good once the batch is committed. */
  first: LoggedEvent | undefined
}

interface Batch {
  request: Bulk
  now: Ms
  numbers: readonly number[]
  held: Reservation | undefined
}

function batch(app: App, caller: Caller, { request, now, numbers, held }: Batch): Promise<Mutation<Outcomes>> {
  return app.mutate(caller, async (tx) => {
    await mustHold(tx, held)
    const rows = await choose(tx.db, request, now).selectAll().where('number', 'in', numbers).orderBy('number').execute()
    // The rest no longer match: someone changed them meanwhile.
    const each: Outcome[] = Array(numbers.length - rows.length).fill('changed')
    let first: LoggedEvent | undefined
    for (const row of rows) {
      each.push(await outcomeOf(because(tx, first?.seq), row, request))
      first ??= tx.written.at(-1)
    }
    return { each, first }
  })
}

async function outcomeOf(tx: Tx, row: TaskRow, { verb, note }: Bulk): Promise<Outcome> {
  if (row.pipeline_id !== null && AS_A_WHOLE.includes(verb)) return 'step'
  try {
    // A verb with nothing to change returns the same row.
    return (await VERBS[verb](tx, row, note)) === row ? (NO_CHANGE[verb]?.reason ?? null) : null
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.extra.task_id === undefined ? MISFIT[verb] : 'unique_key'
  }
}

function choose(db: Db, { id, match, zone }: Bulk, now: Ms) {
  if (id.length === 0 && match === undefined) throw invalid('Choose at least one task.')
  const filter = TaskFilter.safeParse({ zone, ...Object.fromEntries(new URLSearchParams(match ?? '')) })
  if (!filter.success) throw invalid(`The filter is invalid: ${filter.error.issues[0]?.message}`)
  return matching(db, filter.data, now, id.length > 0 ? id : undefined)
}

/** Keys in progress: the idempotency log records a run only once it ends. */
const reservations = perApp(({ database, clock }: App): Reservations => database.reservations?.(clock) ?? new MemoryReservations())

function tokenOf({ token, ...request }: Bulk): Caller['idempotency'] {
  return token === undefined ? undefined : { key: token, requestHash: createHash('sha256').update(JSON.stringify(request)).digest('hex') }
}
