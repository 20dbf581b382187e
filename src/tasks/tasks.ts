import type { Selectable } from 'kysely'
import type { TaskTable } from '../db/engine/schema.ts'
import { counted, countedAs, type Db, type Ms, waiting } from '../db/index.ts'
import { notFound } from '../input/problem.ts'
import { LOCAL } from '../log/log.ts'
import type { Stdin } from '../process/stdin.ts'
import type { Hold } from '../steering/hold.ts'
import { type Progress, readProgress } from './progress.ts'
import { readResult } from './result.ts'
import { matching, type TaskFilter } from './search/filter.ts'
import type { Looked } from './search/searched.ts'
import { type StepEntry, TASK_STATES, type TaskState, type Urgency, WINDOW_SIZE } from './words.ts'

export const PRIORITY: Record<Urgency, number> = { low: -1, medium: 0, high: 1 }
export const counters = [
  // A pipeline is work only by its steps, and listed only as a whole.
  counted({ table: 'tasks', state: 'state', where: { step_count: null }, queue: 'queue' }),
  counted({ table: 'tasks', state: 'state', where: { pipeline_id: null }, queue: 'queue' }, 'listed'),
  waiting({ table: 'tasks', where: { state: 'running', status: 'waiting-for-input' }, queue: 'queue' }),
  countedAs('broken', { table: 'tasks', where: { state: ['failed', 'lost'], acknowledged_at: null, pipeline_id: null }, queue: 'queue' }),
  countedAs('blocked', { table: 'tasks', where: { state: 'queued', step_count: null }, having: ['waits_for'], queue: 'queue' }),
]

export type Act = 'cancel' | 'delete'
export type ProcessStatus = 'running' | 'waiting-for-input' | 'completed'

/** As pages and the API show it. Times are RFC 3339 in UTC; absent values are null. */
export interface Task {
  id: string
  title: string
  description: string
  command: string
  argv: readonly string[]
  type: string | null
  /** The folder it runs in; null is the worker's own. */
  cwd: string | null
  env: Readonly<Record<string, string>>
  /** What it can read: nothing, a pipe or its own terminal. */
  stdin: Stdin
  queue: string
  project: string | null
  urgency: Urgency
  contract: string | null
  parent_task_id: string | null
  created_by: string
  state: TaskState
  reason: string
  status: ProcessStatus | null
  attempt: number
  max_attempts: number
  idempotent: boolean
  timeout_s: number | null
  unique_key: string | null
  worker_id: string | null
  run_at: string
  created_at: string
  claimed_at: string | null
  started_at: string | null
  finished_at: string | null
  cancel_requested_at: string | null
  cancel_requested_by: string | null
  exit_code: number | null
  error: string | null
  result: unknown
  version: number
  act: Act | null
  act_at: string | null
  act_by: string | null
  progress: Progress | null
  acknowledged_at: string | null
  acknowledged_by: string | null
  acknowledged_note: string | null
  /** How many of the tasks that it waits for are not done yet; null for none. */
  waits_for: number | null
  /** Of a step: its pipeline, and its name there. */
  pipeline_id: string | null
  step: string | null
  /** How many steps a pipeline has; null for any other task. */
  step_count: number | null
  /** Of a pipeline that is shown by itself. */
  steps?: readonly StepEntry[]
  /** What keeps it from starting, though it is due. */
  hold: Hold | null
  /** In a list that was searched: the line of its output that was found, if nothing else of it has the text. */
  found?: { attempt: number; text: string } | undefined
  /** In a list: what it printed before it failed, in one line. */
  last_error?: string
}

export interface Attempt {
  attempt: number
  worker_id: string
  pid: number | null
  claimed_at: string
  started_at: string | null
  finished_at: string | null
  outcome: TaskState | null
  exit_code: number | null
  error: string | null
}

export interface TaskEvent {
  seq: number
  at: string
  kind: string
  actor: string
  payload: Record<string, unknown>
  /** The event that caused it, if that is about something else, such as `worker:w_3`. */
  cause: { seq: number; subject: string } | null
}

export interface TaskList {
  items: readonly Task[]
  next: string | null
  counts: Readonly<Record<TaskState, number>>
  queues: readonly string[]
  view?: { id: string; name: string } | null
  /** How far a search of logs looked. */
  looked?: Looked
}

export interface TaskDetail {
  task: Task
  attempts: readonly Attempt[]
  events: readonly TaskEvent[]
}

export type TaskRow = Selectable<TaskTable>

const TIMELINE_EVENTS = 200

export async function list(db: Db, filter: TaskFilter, now: Ms): Promise<TaskList> {
  const { searched, limit = WINDOW_SIZE } = filter
  const newest = await newestOf(db, filter)
  let query = matching(db, filter, now).selectAll().orderBy('number', 'desc')
  if (newest !== undefined) query = query.where('number', '<=', newest)
  const rows = await query.limit(limit + 1).execute()
  const items = rows.slice(0, limit).map(toTask)
  const next = rows.length > limit ? (items.at(-1)?.id ?? null) : null
  const { counts, queues } = await count(db)
  return { items, counts, queues, ...(searched ? { next: searched.next, looked: searched.looked } : { next }) }
}

/** The newest task at a filter's cursor; undefined if it has none. */
export async function newestOf(db: Db, { before, until }: TaskFilter): Promise<number | undefined> {
  if (until !== undefined) return newestBefore(db, until)
  return before ? numberOf(before) - 1 : undefined
}

async function newestBefore(db: Db, until: Ms): Promise<number> {
  const found = await db
    .selectFrom('tasks')
    .select('number')
    .where('deleted_at', 'is', null)
    .where('created_at', '<', until)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found?.number ?? 0
}

export async function row(db: Db, id: string): Promise<TaskRow> {
  const found = await db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!found) throw notFound(`There is no task ${id}. It may have been deleted.`)
  return found
}

export async function detail(db: Db, id: string): Promise<TaskDetail> {
  const task = toTask(await row(db, id))
  const subject = `task:${id}`
  const attempts = await db.selectFrom('attempts').selectAll().where('task_id', '=', id).orderBy('attempt', 'desc').execute()
  const events = await db
    .selectFrom('events')
    .select(['seq', 'at', 'kind', 'actor', 'payload', 'cause'])
    .where('subject', '=', subject)
    .orderBy('seq', 'desc')
    .limit(TIMELINE_EVENTS)
    .execute()
  const causes = await subjectsOf(
    db,
    events.flatMap(({ cause }) => cause ?? []),
  )
  return {
    task,
    attempts: attempts.map(toAttempt),
    events: events.reverse().map((event) => {
      const cause = causes.find(({ seq }) => seq === event.cause)
      return { ...event, at: iso(event.at), payload: JSON.parse(event.payload), cause: cause && cause.subject !== subject ? cause : null }
    }),
  }
}

/** As the list counts them: each pipeline once, without its steps. */
export async function count(db: Db): Promise<Pick<TaskList, 'counts' | 'queues'>> {
  const rows = await db.selectFrom('counters').selectAll().where('noun', 'in', ['tasks', 'listed']).execute()
  const counts = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>
  for (const { noun, state, value } of rows) if (noun === 'listed') counts[state as TaskState] += value
  return { counts, queues: [...new Set(rows.map(({ queue }) => queue))].sort() }
}

const subjectsOf = async (db: Db, seqs: readonly number[]) =>
  seqs.length === 0 ? [] : db.selectFrom('events').select(['seq', 'subject']).where('seq', 'in', seqs).where('source', '=', LOCAL).execute()

export const numberOf = (id: string) => Number(id.slice(2))

export function toTask(row: TaskRow): Task {
  const { number: _, fence: __, priority: ___, lease_ttl_ms: ____, deleted_at: _____, ...shown } = row
  return {
    ...shown,
    argv: JSON.parse(row.argv),
    env: JSON.parse(row.env),
    stdin: row.stdin as Stdin,
    urgency: row.urgency as Urgency,
    state: row.state as TaskState,
    status: row.status as ProcessStatus | null,
    idempotent: row.idempotent === 1,
    run_at: iso(row.run_at),
    created_at: iso(row.created_at),
    claimed_at: iso(row.claimed_at),
    started_at: iso(row.started_at),
    finished_at: iso(row.finished_at),
    cancel_requested_at: iso(row.cancel_requested_at),
    act: row.act as Act | null,
    act_at: iso(row.act_at),
    acknowledged_at: iso(row.acknowledged_at),
    progress: readProgress(row.progress),
    result: readResult(row.result),
    hold: null,
  }
}

function toAttempt(row: Selectable<import('../db/engine/schema.ts').AttemptTable>): Attempt {
  const { task_id: _, fence: __, ...shown } = row
  return {
    ...shown,
    claimed_at: iso(row.claimed_at),
    started_at: iso(row.started_at),
    finished_at: iso(row.finished_at),
    outcome: row.outcome as TaskState | null,
  }
}

function iso(at: Ms): string
function iso(at: Ms | null): string | null
function iso(at: Ms | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
