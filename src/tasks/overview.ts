import type { Db, Ms } from '../db/index.ts'
import { type Task, type TaskState, toTask } from './tasks.ts'

const NEWEST = 20

/** What waits on a person, what is broken, what runs, and how far behind each queue is. */
export interface TaskOverview {
  /** Running, and a prompt is open; the longest wait first. */
  waiting_for_input: readonly Task[]
  /** Failed or lost, newest first. */
  broken: readonly Task[]
  running: readonly Task[]
  /** `oldest_at`: since when the task that has waited longest could have run, or null. */
  queues: readonly { queue: string; queued: number; running: number; oldest_at: string | null }[]
}

/** A first look at the tasks, by index seeks and the counters. */
export async function overview(db: Db): Promise<TaskOverview> {
  const held = await inState(db, ['claimed', 'running'])
  return {
    waiting_for_input: held.filter(({ status }) => status === 'waiting-for-input').reverse(),
    broken: (await inState(db, ['failed', 'lost'])).slice(0, NEWEST),
    running: held.filter(({ status }) => status !== 'waiting-for-input').slice(0, NEWEST),
    queues: await queues(db),
  }
}

async function inState(db: Db, states: TaskState[]): Promise<Task[]> {
  const rows = await db
    .selectFrom('tasks')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where('state', 'in', states)
    .orderBy('number', 'desc')
    .limit(200)
    .execute()
  return rows.map(toTask)
}

/** How far behind each queue is. */
export async function queues(db: Db): Promise<TaskOverview['queues']> {
  const rows = await db.selectFrom('counters').selectAll().where('noun', '=', 'tasks').orderBy('queue').execute()
  const names = [...new Set(rows.map(({ queue }) => queue))]
  const count = (queue: string, ...states: string[]) =>
    rows.filter((row) => row.queue === queue && states.includes(row.state)).reduce((sum, { value }) => sum + value, 0)
  const found = []
  for (const queue of names) {
    found.push({ queue, queued: count(queue, 'queued'), running: count(queue, 'claimed', 'running'), oldest_at: iso(await oldest(db, queue)) })
  }
  return found
}

async function oldest(db: Db, queue: string): Promise<Ms | null> {
  const { at } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.min('run_at').as('at'))
    .where('queue', '=', queue)
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return at
}

const iso = (at: Ms | null) => (at === null ? null : new Date(at).toISOString())
