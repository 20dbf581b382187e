import type { Db } from '../db/index.ts'
import { type Task, toTask } from '../tasks/tasks.ts'

/** As many queues are shown with a task that they hold back. */
const MOST = 20

/** The first task that each of these queues holds back. */
export async function firstHeld(db: Db, queues: readonly string[]): Promise<Task[]> {
  if (queues.length === 0) return []
  const numbers = (await firstQuery(db, queues.slice(0, MOST)).execute()).flatMap(({ number }) => number ?? [])
  if (numbers.length === 0) return []
  return (await db.selectFrom('tasks').selectAll().where('number', 'in', numbers).orderBy('queue').execute()).map(toTask)
}

export const firstQuery = (db: Db, queues: readonly string[]) =>
  db
    .selectFrom('counters')
    .select(({ selectFrom }) =>
      selectFrom('tasks')
        .select('tasks.number')
        .whereRef('tasks.queue', '=', 'counters.queue')
        .where('tasks.state', '=', 'queued')
        .where('tasks.deleted_at', 'is', null)
        .where('tasks.waits_for', 'is', null)
        .orderBy('tasks.priority', 'desc')
        .orderBy('tasks.run_at')
        .orderBy('tasks.number')
        .limit(1)
        .as('number'),
    )
    .where('noun', '=', 'tasks')
    .where('state', '=', 'queued')
    .where('queue', 'in', queues)
