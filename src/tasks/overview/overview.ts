import type { Db } from '../../db/index.ts'
import { type Task, toTask } from '../tasks.ts'
import type { TaskState } from '../words.ts'
import { broken, type Failure } from './broken.ts'

const NEWEST = 20
const MOST_ASKING = 100

interface TaskOverview {
  waiting_for_input: readonly Task[]
  asking_count: number
  broken: readonly Failure[]
  running: readonly Task[]
}

/** Uses indexes and counters, so the time does not depend on the number of tasks. */
export async function overview(db: Db): Promise<TaskOverview> {
  const { items, total } = await asking(db)
  return { waiting_for_input: items, asking_count: total, broken: (await broken(db)).failures, running: await running(db) }
}

/** The tasks that wait for input: the first of them, and how many there are. */
export async function asking(db: Db): Promise<{ items: readonly Task[]; total: number }> {
  return { items: (await askingQuery(db).execute()).map(toTask), total: await askingCount(db) }
}

export const running = (db: Db): Promise<Task[]> => newestIn(db, ['claimed', 'running'])

export const askingQuery = (db: Db) =>
  db
    .selectFrom('tasks')
    .selectAll()
    .where('state', '=', 'running')
    .where('status', '=', 'waiting-for-input')
    .where('deleted_at', 'is', null)
    .orderBy('number')
    .limit(MOST_ASKING)

async function askingCount(db: Db): Promise<number> {
  const { value } = await db
    .selectFrom('counters')
    .select(({ fn }) => fn.sum<number | null>('value').as('value'))
    .where('noun', '=', 'attention')
    .where('state', '=', 'tasks')
    .executeTakeFirstOrThrow()
  return value ?? 0
}

async function newestIn(db: Db, states: readonly TaskState[]): Promise<Task[]> {
  const rows = []
  for (const state of states) rows.push(...(await newestQuery(db, state).execute()))
  return rows
    .sort((a, b) => b.number - a.number)
    .slice(0, NEWEST)
    .map(toTask)
}

export const newestQuery = (db: Db, state: TaskState) => {
  const listed = db.selectFrom('tasks').selectAll().where('deleted_at', 'is', null).where('pipeline_id', 'is', null)
  const newest = listed.where('state', '=', state).orderBy('number', 'desc').limit(NEWEST)
  if (state !== 'running') return newest
  return newest.where((eb) => eb.or([eb('status', '!=', 'waiting-for-input'), eb('step_count', 'is not', null)]))
}
