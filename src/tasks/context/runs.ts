import type { Db, Ms } from '../../db/index.ts'
import type { Task } from '../tasks.ts'
import type { TaskState } from '../words.ts'

export interface Run {
  id: string
  state: TaskState
  attempt: number
  created_at: string
  started_at: string | null
  /** From the first step on a worker to the end; null if it has not started or ended. */
  run_ms: Ms | null
}

const MOST_RUNS = 30

export async function runs(db: Db, { id, title, queue }: Pick<Task, 'id' | 'title' | 'queue'>): Promise<Run[]> {
  const rows = await runsQuery(db, { number: Number(id.slice(2)), title, queue }).execute()
  return rows.reverse().map(({ id, state, attempt, created_at, started_at, finished_at }) => ({
    id,
    state: state as TaskState,
    attempt,
    created_at: new Date(created_at).toISOString(),
    started_at: started_at === null ? null : new Date(started_at).toISOString(),
    run_ms: started_at === null || finished_at === null ? null : Math.max(0, finished_at - started_at),
  }))
}

export function runsQuery(db: Db, { number, title, queue }: { number: number; title: string; queue: string }) {
  return db
    .selectFrom('tasks')
    .select(['id', 'state', 'attempt', 'created_at', 'started_at', 'finished_at'])
    .where('queue', '=', queue)
    .where('title', '=', title)
    .where('number', '<=', number)
    .where('deleted_at', 'is', null)
    .orderBy('number', 'desc')
    .limit(MOST_RUNS)
}
