import type { Db, Ms } from '../db/index.ts'
import { type Hold, holdOf } from '../steering/hold.ts'
import { steeredQueues } from '../steering/steering.ts'
import type { Task } from './tasks.ts'
import { OPEN_STATES } from './words.ts'

/** The same tasks, with what holds back those that could start by their time. */
export async function withHolds(db: Db, tasks: readonly Task[], now: Ms): Promise<Task[]> {
  const blocked = tasks.filter(({ state, waits_for }) => state === 'queued' && waits_for !== null)
  const isDue = ({ state, waits_for, run_at }: Task) => state === 'queued' && waits_for === null && Date.parse(run_at) <= now
  const steered = tasks.some(isDue) ? await steeredQueues(db, now) : undefined
  const waits = await dependencyHolds(db, blocked)
  const holdFor = (task: Task): Hold | null => {
    const queue = isDue(task) ? steered?.get(task.queue) : undefined
    return queue ? holdOf(queue) : (waits.get(task.id) ?? null)
  }
  return tasks.map((task) => ({ ...task, hold: holdFor(task) }))
}

async function dependencyHolds(db: Db, tasks: readonly Task[]): Promise<Map<string, Hold>> {
  if (tasks.length === 0) return new Map()
  const rows = await db
    .selectFrom('task_dependencies')
    .innerJoin('tasks', 'tasks.id', 'after_id')
    .select(['task_id', 'after_id', 'title'])
    .where(
      'task_id',
      'in',
      tasks.map(({ id }) => id),
    )
    .where('state', 'in', OPEN_STATES)
    .where('deleted_at', 'is', null)
    .orderBy('tasks.number')
    .execute()
  const holds = [...Map.groupBy(rows, ({ task_id }) => task_id)].map(([id, [first, ...others]]) => {
    const more = others.length > 0 ? `, and ${others.length} more` : ''
    return [id, { by: 'dependencies', why: `waits for ${first?.title} (${first?.after_id})${more}`, until: null }] as const
  })
  return new Map(holds)
}
