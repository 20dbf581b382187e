import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/index.ts'
import type { TaskState } from './tasks.ts'

const word = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((value) => value || undefined)

/** What the URL of a task list may say. An unknown state or a wrong cursor is a clear 422, never an empty list. */
export const TaskFilter = z.object({
  state: z
    .enum(['queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'lost', 'open', 'done', ''])
    .optional()
    .transform((value) => value || undefined),
  queue: word,
  worker: word,
  project: word,
  /** '2h', '30m', '7d', or an RFC 3339 time: created since then. */
  since: z
    .string()
    .trim()
    .regex(/^(|\d{1,6}[smhd]|\d{4}-\d\d-\d\d.*)$/, 'Say since when as 30m, 2h, 7d or a date such as 2026-11-20.')
    .optional()
    .transform((value) => value || undefined),
  /** Text in the title, the command or the error. */
  q: word,
  before: z
    .string()
    .regex(/^(|t_\d{1,15})$/, 'The cursor is a task id, such as t_91.')
    .optional()
    .transform((value) => value || undefined),
})
export type TaskFilter = Partial<z.infer<typeof TaskFilter>>

const OPEN: TaskState[] = ['queued', 'claimed', 'running']
const DONE: TaskState[] = ['succeeded', 'failed', 'cancelled', 'lost']
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The tasks that the filter names; the cursor is left to the caller. */
export function matching(db: Db, filter: TaskFilter, now = Date.now()) {
  let query = db.selectFrom('tasks').where('deleted_at', 'is', null)
  if (filter.state === 'open') query = query.where('state', 'in', OPEN)
  else if (filter.state === 'done') query = query.where('state', 'in', DONE)
  else if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.queue) query = query.where('queue', '=', filter.queue)
  if (filter.worker) query = query.where('worker_id', '=', filter.worker)
  if (filter.project) query = query.where('project', '=', filter.project)
  if (filter.since) query = query.where('created_at', '>=', sinceMs(filter.since, now))
  if (filter.q) {
    const like = `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) => eb.or((['title', 'command', 'error'] as const).map((column) => sql<boolean>`${eb.ref(column)} like ${like} escape '\\'`)))
  }
  return query
}

export const isFiltered = ({ before: _, ...filter }: TaskFilter) => Object.values(filter).some(Boolean)

function sinceMs(since: string, now: number): number {
  const ago = /^(\d+)([smhd])$/.exec(since)
  return ago ? now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS] : Date.parse(since)
}
