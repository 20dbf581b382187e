import { z } from 'zod'
import type { Db } from '../db/index.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { invalid, Problem } from '../live/problem.ts'
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
export const Bulk = z.strictObject({ verb: z.enum(['cancel', 'retry', 'delete']), id: ids, match: z.string().max(2000).optional() })
export type Bulk = z.infer<typeof Bulk>

export interface BulkResult {
  changed: number
  /** Tasks that the verb does not fit, such as a cancel for one that is over. */
  passed_over: number
}

const FITS: Record<Verb, readonly TaskState[]> = {
  cancel: ['queued', 'claimed', 'running'],
  retry: ['succeeded', 'failed', 'cancelled', 'lost'],
  delete: ['queued', 'succeeded', 'failed', 'cancelled', 'lost'],
}

/** What the verb would change: how many, up to a limit, and the first few. */
export async function preview(db: Db, asked: Bulk): Promise<{ total: number; capped: boolean; sample: Task[] }> {
  const rows = await chosen(db, asked)
    .orderBy('number', 'desc')
    .select('number')
    .limit(COUNT_LIMIT + 1)
    .execute()
  const sample = await chosen(db, asked).selectAll().orderBy('number', 'desc').limit(SAMPLE).execute()
  return { total: Math.min(rows.length, COUNT_LIMIT), capped: rows.length > COUNT_LIMIT, sample: sample.map(toTask) }
}

/** Does it, oldest first, in batches that commit one by one. A task that changed meanwhile is passed over, not forced. */
export async function bulk(app: App, caller: Caller, asked: Bulk): Promise<Mutation<BulkResult>> {
  const newest = await app.db
    .selectFrom('tasks')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirstOrThrow()
  const result: BulkResult = { changed: 0, passed_over: 0 }
  let seq = app.hub.head
  for (let after = 0; ; ) {
    // Tasks that arrive while this runs were not in the count that the person confirmed.
    const rows = await chosen(app.db, asked)
      .select(['id', 'number'])
      .where('number', '>', after)
      .where('number', '<=', newest.number ?? 0)
      .orderBy('number')
      .limit(BATCH)
      .execute()
    const last = rows.at(-1)
    if (!last) return { value: result, seq }
    const { value, seq: at } = await app.mutate({ actor: caller.actor }, async (tx) => {
      const done = { changed: 0, passed_over: 0 }
      for (const { id } of rows) {
        try {
          await VERBS[asked.verb](tx, await rowIn(tx, id))
          done.changed++
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          done.passed_over++
        }
      }
      return done
    })
    result.changed += value.changed
    result.passed_over += value.passed_over
    seq = at
    after = last.number
  }
}

function chosen(db: Db, { verb, id, match }: Bulk) {
  if (id.length === 0 && match === undefined) throw invalid('Choose at least one task.')
  const filter = TaskFilter.safeParse(Object.fromEntries(new URLSearchParams(match ?? '')))
  if (!filter.success) throw invalid(`The filter is not right: ${filter.error.issues[0]?.message}`)
  const query = matching(db, filter.data).where('state', 'in', FITS[verb])
  return id.length > 0 ? query.where('id', 'in', id) : query
}
