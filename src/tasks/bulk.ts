import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '../db/index.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { conflict, invalid, Problem } from '../live/problem.ts'
import { matching, TaskFilter } from './filter.ts'
import { VERBS, type Verb } from './lifecycle.ts'
import { type Task, type TaskState, toTask } from './tasks.ts'
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
  verb: z.enum(['cancel', 'retry', 'delete']),
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
  /** Tasks that the verb does not fit, such as a cancel for one that is over. */
  passed_over: number
}

export interface Preview {
  total: number
  /** There are more than `total`. */
  capped: boolean
  sample: Task[]
  newest: number
}

const FITS: Record<Verb, readonly TaskState[]> = {
  cancel: ['queued', 'claimed', 'running'],
  retry: ['succeeded', 'failed', 'cancelled', 'lost'],
  delete: ['queued', 'succeeded', 'failed', 'cancelled', 'lost'],
}

/** What the verb would change: how many, up to a limit, and the first few. */
export async function preview(db: Db, asked: Bulk): Promise<Preview> {
  const rows = await chosen(db, asked)
    .orderBy('number', 'desc')
    .select('number')
    .limit(COUNT_LIMIT + 1)
    .execute()
  const sample = await chosen(db, asked).selectAll().orderBy('number', 'desc').limit(SAMPLE).execute()
  const total = Math.min(rows.length, COUNT_LIMIT)
  return { total, capped: rows.length > COUNT_LIMIT, sample: sample.map(toTask), newest: rows[0]?.number ?? 0 }
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
  const { total, newest } = await preview(app.db, asked)
  if (asked.count !== undefined && total > asked.count) {
    throw conflict(`It was to be ${asked.count}, and there are ${total} by now. Nothing was changed: look again, then decide.`, { count: total })
  }
  const result: BulkResult = { changed: 0, passed_over: 0 }
  let seq = app.hub.head
  for (let after = 0; ; ) {
    // Tasks that arrive while this runs were not in the count that the person confirmed.
    const rows = await chosen(app.db, { ...asked, newest: asked.newest ?? newest })
      .select(['id', 'number'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(BATCH)
      .execute()
    const last = rows.at(-1)
    if (!last) return { value: result, seq }
    const { value, seq: at } = await batch(
      app,
      caller,
      asked.verb,
      rows.map(({ id }) => id),
    )
    result.changed += value.changed
    result.passed_over += value.passed_over
    seq = at
    after = last.number
  }
}

function batch(app: App, caller: Caller, verb: Verb, of: readonly string[]): Promise<Mutation<BulkResult>> {
  return app.mutate({ actor: caller.actor }, async (tx) => {
    const done = { changed: 0, passed_over: 0 }
    for (const id of of) {
      try {
        await VERBS[verb](tx, await rowIn(tx, id))
        done.changed++
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        done.passed_over++
      }
    }
    return done
  })
}

function chosen(db: Db, { verb, id, match, newest }: Bulk) {
  if (id.length === 0 && match === undefined) throw invalid('Choose at least one task.')
  const filter = TaskFilter.safeParse(Object.fromEntries(new URLSearchParams(match ?? '')))
  if (!filter.success) throw invalid(`The filter is not right: ${filter.error.issues[0]?.message}`)
  let query = matching(db, filter.data).where('state', 'in', FITS[verb])
  if (newest !== undefined) query = query.where('number', '<=', newest)
  return id.length > 0 ? query.where('id', 'in', id) : query
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
