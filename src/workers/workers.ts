import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { WorkerTable } from '../db/engine/schema.ts'
import { counted, type Db, HELD, type Ms } from '../db/index.ts'
import { notFound } from '../input/problem.ts'
import type { Transient } from '../leases/transients.ts'
import { type Task, toTask } from '../tasks/tasks.ts'
import type { Load } from './load.ts'
import { ALIVE, WORKER_STATES, type WorkerState } from './words.ts'

export const counters = [counted({ table: 'workers', state: 'state' })]

export interface Worker {
  id: string
  name: string
  kind: 'local' | 'remote'
  queues: readonly string[]
  concurrency: number
  state: WorkerState
  reason: string
  host: string | null
  pid: number | null
  launched_at: string
  stopped_at: string | null
  transient: Transient | null
  transient_at: string | null
}

export interface WorkerListItem extends Worker {
  holds: readonly { id: string; title: string; started_at: string | null }[]
}

export interface WorkerList {
  items: readonly WorkerListItem[]
  next: string | null
  counts: Readonly<Record<WorkerState, number>>
}

export interface WorkerDetail {
  worker: WorkerListItem
  tasks: readonly Task[]
  events: readonly { seq: number; at: string; kind: string; actor: string; payload: Record<string, unknown> }[]
  log: string | null
  load?: Load
}

export type WorkerRow = Selectable<WorkerTable>

const NEWEST_TASKS = 20
const NEWEST_EVENTS = 100
const WINDOW_SIZE = 100

export const WorkerFilter = z.object({
  state: z
    .enum([...WORKER_STATES, 'alive', ''])
    .optional()
    .transform((value) => value || undefined),
  before: z
    .string()
    .regex(/^(|w_\d{1,15})$/, 'The cursor is a worker id, such as w_3.')
    .optional()
    .transform((value) => value || undefined),
})
export type WorkerFilter = Partial<z.infer<typeof WorkerFilter>>

export async function list(db: Db, { state, before }: WorkerFilter): Promise<WorkerList> {
  let query = db.selectFrom('workers').selectAll().where('deleted_at', 'is', null).orderBy('number', 'desc')
  if (state === 'alive') query = query.where('state', 'in', ALIVE)
  else if (state) query = query.where('state', '=', state)
  if (before) query = query.where('number', '<', Number(before.slice(2)))
  const rows = await query.limit(WINDOW_SIZE + 1).execute()
  const shown = rows.slice(0, WINDOW_SIZE)
  const items = await withTasks(db, shown.map(toWorker))
  return { items, next: rows.length > WINDOW_SIZE ? (items.at(-1)?.id ?? null) : null, counts: await count(db) }
}

export async function detail(db: Db, id: string): Promise<Omit<WorkerDetail, 'log'>> {
  const row = await db.selectFrom('workers').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!row) throw notFound(`There is no worker ${id}. It may have been deleted.`)
  const [worker] = await withTasks(db, [toWorker(row)])
  const tasks = await db
    .selectFrom('tasks')
    .selectAll()
    .where('worker_id', '=', id)
    .where('deleted_at', 'is', null)
    .orderBy('number', 'desc')
    .limit(NEWEST_TASKS)
    .execute()
  const events = await db
    .selectFrom('events')
    .select(['seq', 'at', 'kind', 'actor', 'payload'])
    .where('subject', '=', `worker:${id}`)
    .orderBy('seq', 'desc')
    .limit(NEWEST_EVENTS)
    .execute()
  return {
    worker: worker as WorkerListItem,
    tasks: tasks.map(toTask),
    events: events.reverse().map((event) => ({ ...event, at: iso(event.at), payload: JSON.parse(event.payload) })),
  }
}

export async function count(db: Db): Promise<Record<WorkerState, number>> {
  const rows = await db.selectFrom('counters').select(['state', 'value']).where('noun', '=', 'workers').execute()
  const counts = Object.fromEntries(WORKER_STATES.map((state) => [state, 0])) as Record<WorkerState, number>
  for (const { state, value } of rows) counts[state as WorkerState] = value
  return counts
}

export function toWorker(row: WorkerRow): Worker {
  const { number: _, token_id: __, deleted_at: ___, ...shown } = row
  return {
    ...shown,
    kind: row.kind as Worker['kind'],
    queues: JSON.parse(row.queues),
    state: row.state as WorkerState,
    launched_at: iso(row.launched_at),
    stopped_at: row.stopped_at === null ? null : iso(row.stopped_at),
    transient: row.transient as Transient | null,
    transient_at: row.transient_at === null ? null : iso(row.transient_at),
  }
}

async function withTasks(db: Db, workers: readonly Worker[]): Promise<WorkerListItem[]> {
  const ids = workers.map(({ id }) => id)
  if (ids.length === 0) return []
  const held = await db.selectFrom('tasks').select(['id', 'title', 'worker_id', 'started_at']).where('worker_id', 'in', ids).where(HELD).execute()
  return workers.map((worker) => ({
    ...worker,
    holds: held
      .filter(({ worker_id }) => worker_id === worker.id)
      .map(({ id, title, started_at }) => ({ id, title, started_at: started_at === null ? null : iso(started_at) })),
  }))
}

const iso = (at: Ms) => new Date(at).toISOString()
