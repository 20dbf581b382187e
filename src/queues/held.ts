import type { Db, Ms } from '../db/index.ts'
import { type Task, toTask } from '../tasks/tasks.ts'

/** As many queues are shown with a task that they hold back. */
const MOST = 20

/** The first due task that each of these queues holds back: the one that a claim would take. */
export async function firstHeld(db: Db, queues: readonly string[], now: Ms): Promise<Task[]> {
  if (queues.length === 0) return []
  const numbers = (await firstQuery(db, queues.slice(0, MOST), now).execute()).flatMap(({ number }) => number ?? [])
  if (numbers.length === 0) return []
  return (await db.selectFrom('tasks').selectAll().where('number', 'in', numbers).orderBy('queue').execute()).map(toTask)
}

const firstQuery = (db: Db, queues: readonly string[], now: Ms) =>
  db
    .selectFrom('counters')
    .select(({ selectFrom }) =>
      selectFrom('tasks')
        .select('tasks.number')
        .whereRef('tasks.queue', '=', 'counters.queue')
        .where('tasks.state', '=', 'queued')
        .where('tasks.deleted_at', 'is', null)
        .where('tasks.waits_for', 'is', null)
        .where('tasks.act_at', 'is', null)
        .where('tasks.run_at', '<=', now)
        .orderBy('tasks.priority', 'desc')
        .orderBy('tasks.run_at')
        .orderBy('tasks.number')
        .limit(1)
        .as('number'),
    )
    .where('noun', '=', 'tasks')
    .where('state', '=', 'queued')
    .where('queue', 'in', queues)
