import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Db, Ms } from '../db/index.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { conflict, invalid, Problem } from '../live/problem.ts'
import { type Because, BULK_VERBS, type Reason } from './did.ts'
import { matching, TaskFilter } from './filter.ts'
import { VERBS, type Verb } from './lifecycle.ts'
import { TASK_STATES, type Task, type TaskState, toTask } from './tasks.ts'
import { rowIn } from './transition.ts'

/** Each batch is one transaction: other writers get their turn in between. */
const BATCH = 200
/** A preview counts no further: beyond it, it says "more than". */
const COUNT_LIMIT = 10_000
const SAMPLE = 5
const MOST_IDS = 1000

const ids = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z
    .array(z.string().regex(/^t_\d{1,15}$/, 'A task id looks like t_91.'))
    .max(MOST_IDS)
    .default([]),
)

/** One verb for the tasks that are named, or for all that a list's query string matches. */
export const Bulk = z.strictObject({
  verb: z.enum(BULK_VERBS),
  id: ids,
  match: z.string().max(2000).optional(),
  /** How many it was said to change: more than these are not changed unasked. */
  count: z.coerce.number().int().min(0).optional(),
  /** The newest task that was there when it was counted: none that came later is touched. */
  newest: z.coerce.number().int().min(0).optional(),
  /** Made for one confirm step: what carries it is done once. */
  token: z.string().min(1).max(100).optional(),
  /** The query string of the list to return to. */
  from: z.string().max(2000).optional(),
})
export type Bulk = z.infer<typeof Bulk>

export interface BulkResult {
  changed: number
  passed_over: number
  /** What a filter chose and the verb does not fit is counted up to COUNT_LIMIT. */
  because: Because
}

export interface Preview {
  total: number
  /** There are more than `total`. */
  capped: boolean
  sample: Task[]
  newest: number
  /** The chosen ones that the verb does not fit. */
  because: Because
}

const FITS: Record<Verb, readonly TaskState[]> = {
  cancel: ['queued', 'claimed', 'running'],
  retry: ['succeeded', 'failed', 'cancelled', 'lost'],
  delete: ['queued', 'succeeded', 'failed', 'cancelled', 'lost'],
}
/** What is wrong with the other states. */
const MISFIT: Record<Verb, Reason> = { cancel: 'already_ended', retry: 'not_ended', delete: 'held' }

/** What the verb would change, how many, up to a limit, and the first few; and how many of the chosen it would not. */
export async function preview({ db, clock }: App, asked: Bulk): Promise<Preview> {
  const { verb, id } = asked
  const chosen = choose(db, asked, clock.now())
  const newestFirst = fitting(db, asked, clock.now()).orderBy('number', 'desc')
  const rows = await newestFirst
    .select('number')
    .limit(COUNT_LIMIT + 1)
    .execute()
  const sample = await newestFirst.selectAll().limit(SAMPLE).execute()
  const others = TASK_STATES.filter((state) => !FITS[verb].includes(state))
  const misfits = (await chosen.where('state', 'in', others).select('number').limit(COUNT_LIMIT).execute()).length
  const gone = id.length === 0 ? 0 : new Set(id).size - rows.length - misfits
  const because = { ...(misfits > 0 && { [MISFIT[verb]]: misfits }), ...(gone > 0 && { gone }) }
  const total = Math.min(rows.length, COUNT_LIMIT)
  return { total, capped: rows.length > COUNT_LIMIT, sample: sample.map(toTask), newest: rows[0]?.number ?? 0, because }
}

/**
 * Does it, oldest first, in batches that commit one by one. A task that changed meanwhile is passed over, not forced.
 * A repeat under the same key or token answers as the first did. Throws conflict where that still runs, and where there
 * are more tasks by now than `count`.
 */
export async function bulk(app: App, caller: Caller, asked: Bulk): Promise<Mutation<BulkResult>> {
  const once = { actor: caller.actor, idempotency: caller.idempotency ?? tokenOf(asked) }
  if (!once.idempotency) return change(app, caller, asked)
  const key = `${caller.actor.name} ${once.idempotency.key}`
  if (running(app).has(key)) throw conflict('This is being done already. Ask again in a moment.')
  running(app).add(key)
  try {
    const first = await outcome(app, once)
    if (first) return first
    const { value } = await change(app, caller, asked)
    return await app.mutate(once, async () => value)
  } finally {
    running(app).delete(key)
  }
}

async function change(app: App, caller: Caller, asked: Bulk): Promise<Mutation<BulkResult>> {
  const now = app.clock.now()
  const { total, capped, newest, because } = await preview(app, asked)
  if (asked.count !== undefined && total > asked.count) {
    throw conflict(`It was to be ${asked.count}, and there are ${total} by now. Nothing was changed: look again, then decide.`, { count: total })
  }
  const tally = new Tally(because)
  let seq = app.hub.head
  let seen = 0
  for (let after = 0; ; ) {
    // Tasks that arrive while this runs were not in the count that the person confirmed.
    const rows = await fitting(app.db, { ...asked, newest: asked.newest ?? newest }, now)
      .select(['id', 'number'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(BATCH)
      .execute()
    const last = rows.at(-1)
    if (!last) break
    const { seq: at, value } = await batch(app, caller, asked.verb, rows)
    tally.add(value)
    seen += rows.length
    seq = at
    after = last.number
  }
  // Whoever else changed them was quicker.
  if (!capped) tally.passOver('changed', total - seen)
  return { value: tally.result, seq }
}

/** What became of each task: null where it was changed. */
type Outcome = Reason | null

function batch(app: App, caller: Caller, verb: Verb, rows: readonly { id: string }[]): Promise<Mutation<Outcome[]>> {
  return app.mutate({ actor: caller.actor }, async (tx) => {
    const outcomes: Outcome[] = []
    for (const { id } of rows) {
      try {
        await VERBS[verb](tx, await rowIn(tx, id))
        outcomes.push(null)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        outcomes.push(reasonOf(error, verb))
      }
    }
    return outcomes
  })
}

function reasonOf({ code, extra }: Problem, verb: Verb): Reason {
  if (code === 'not_found') return 'gone'
  return extra.task_id === undefined ? MISFIT[verb] : 'unique_key'
}

class Tally {
  #changed = 0
  readonly #because: Because

  constructor(because: Because) {
    this.#because = { ...because }
  }

  add(outcomes: readonly Outcome[]) {
    for (const reason of outcomes) reason === null ? this.#changed++ : this.passOver(reason, 1)
  }

  passOver(reason: Reason, tasks: number) {
    if (tasks > 0) this.#because[reason] = (this.#because[reason] ?? 0) + tasks
  }

  get result(): BulkResult {
    const passed_over = Object.values(this.#because).reduce((sum, tasks) => sum + tasks, 0)
    return { changed: this.#changed, passed_over, because: this.#because }
  }
}

/** The tasks that were asked for, whether or not the verb fits them. Throws invalid. */
function choose(db: Db, { id, match }: Bulk, now: Ms) {
  if (id.length === 0 && match === undefined) throw invalid('Choose at least one task.')
  const filter = TaskFilter.safeParse(Object.fromEntries(new URLSearchParams(match ?? '')))
  if (!filter.success) throw invalid(`The filter is not right: ${filter.error.issues[0]?.message}`)
  const query = matching(db, filter.data, now)
  return id.length > 0 ? query.where('id', 'in', id) : query
}

/** Those of them that the verb fits; of a filter's, none that was not there when they were counted. */
function fitting(db: Db, asked: Bulk, now: Ms) {
  const { verb, id, newest } = asked
  const query = choose(db, asked, now).where('state', 'in', FITS[verb])
  return id.length > 0 || newest === undefined ? query : query.where('number', '<=', newest)
}

/** Keys of what is being done: its batches commit one by one, so the log of answers knows of it at its end only. */
const running = perApp(() => new Set<string>())

const NOT_YET = new Error('nothing is kept under this key')

async function outcome(app: App, once: Caller): Promise<Mutation<BulkResult> | undefined> {
  try {
    return await app.mutate<BulkResult>(once, async () => {
      throw NOT_YET
    })
  } catch (error) {
    if (error === NOT_YET) return undefined
    throw error
  }
}

function tokenOf({ token, ...asked }: Bulk): Caller['idempotency'] {
  return token === undefined ? undefined : { key: token, requestHash: createHash('sha256').update(JSON.stringify(asked)).digest('hex') }
}
