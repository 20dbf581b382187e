import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import type { Db, Ms } from '../db/index.ts'
import { PRIORITY } from '../tasks/tasks.ts'

export interface Backlog {
  queue: string
  queued: number
  /** `due` tasks can run now, `scheduled` ones later, `blocked` ones after others; together they are `queued`. */
  due: number
  scheduled: number
  blocked: number
  /** `due` and `scheduled` are lower bounds, as counting stopped. */
  capped: boolean
  running: number
  oldest_at: string | null
  next_at: string | null
}

/** If a queue has both kinds, one is counted by its index, up to this many. */
const COUNTED = 1000

export const noBacklog = (queue: string): Backlog => ({
  queue,
  queued: 0,
  due: 0,
  scheduled: 0,
  blocked: 0,
  capped: false,
  running: 0,
  oldest_at: null,
  next_at: null,
})

/** Every queue that ever had a task, by name. Tasks fall due without an event, so no counter knows: this queries the queued ones. */
export async function backlogs(db: Db, now: Ms): Promise<Backlog[]> {
  const counters = await db.selectFrom('counters').selectAll().where('noun', 'in', ['tasks', 'blocked']).orderBy('queue').execute()
  const ends = new Map((await endsQuery(db, now).execute()).map(({ queue, next_at, ...oldest }) => [queue, { first_at: earliest(oldest), next_at }]))
  const found = []
  for (const [queue, of] of Map.groupBy(counters, ({ queue }) => queue)) {
    const count = (...states: string[]) => of.filter(({ noun, state }) => noun === 'tasks' && states.includes(state)).reduce((sum, { value }) => sum + value, 0)
    const it = {
      ...noBacklog(queue),
      queued: count('queued'),
      running: count('claimed', 'running'),
      blocked: of.find(({ noun }) => noun === 'blocked')?.value ?? 0,
    }
    found.push({ ...it, ...(await waits(db, now, it, ends.get(queue))) })
  }
  return found
}

export const endsQuery = (db: Db, now: Ms) =>
  db
    .selectFrom('counters')
    .select((eb) => [
      'queue',
      firstOf(eb, PRIORITY.high).as('high'),
      firstOf(eb, PRIORITY.medium).as('medium'),
      firstOf(eb, PRIORITY.low).as('low'),
      laterOf(eb, now).as('next_at'),
    ])
    .where('noun', '=', 'tasks')
    .where('state', '=', 'queued')
    .where('value', '>', 0)

type Counted = ExpressionBuilder<Schema, 'counters'>

const queuedIn = (eb: Counted) =>
  eb
    .selectFrom('tasks')
    .select(({ fn }) => fn.min('tasks.run_at').as('at'))
    .whereRef('tasks.queue', '=', 'counters.queue')
    .where('tasks.state', '=', 'queued')
    .where('tasks.deleted_at', 'is', null)
    .where('tasks.waits_for', 'is', null)

const firstOf = (eb: Counted, priority: number) => queuedIn(eb).where('tasks.priority', '=', priority)
const laterOf = (eb: Counted, now: Ms) => queuedIn(eb).where('tasks.run_at', '>', now).whereRef('tasks.run_at', '>', 'tasks.created_at')

const earliest = (of: Record<string, Ms | null>): Ms | null => Object.values(of).reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)

type Waits = Omit<Backlog, 'queue' | 'queued' | 'blocked' | 'running'>

async function waits(db: Db, now: Ms, { queue, queued: all, blocked }: Backlog, ends?: { first_at: Ms | null; next_at: Ms | null }): Promise<Partial<Waits>> {
  const queued = all - blocked
  const { first_at = null, next_at = null } = ends ?? {}
  const oldest_at = first_at !== null && first_at <= now ? iso(first_at) : null
  const since = { oldest_at, next_at: next_at === null ? null : iso(next_at) }
  // If all are of one kind, the counter is enough; otherwise one count gives the other.
  if (next_at === null) return { ...since, due: queued }
  if (oldest_at === null) return { ...since, scheduled: queued }
  const scheduled = (await scheduledQuery(db, queue, now).execute()).length
  if (scheduled <= COUNTED) return { ...since, scheduled, due: queued - scheduled }
  const due = (await dueQuery(db, queue, now).execute()).length
  if (due <= COUNTED) return { ...since, due, scheduled: queued - due }
  return { ...since, due: COUNTED, scheduled: COUNTED, capped: true }
}

const queuedAs = (db: Db, queue: string) =>
  db
    .selectFrom('tasks')
    .select('number')
    .where('queue', '=', queue)
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .where('waits_for', 'is', null)
    .limit(COUNTED + 1)

export const scheduledQuery = (db: Db, queue: string, now: Ms) => queuedAs(db, queue).where('run_at', '>', now).whereRef('run_at', '>', 'created_at')

/** Names the priorities, so that each is a seek in the index for claims. */
export const dueQuery = (db: Db, queue: string, now: Ms) => queuedAs(db, queue).where('priority', 'in', Object.values(PRIORITY)).where('run_at', '<=', now)

const iso = (at: Ms) => new Date(at).toISOString()
