import type { Db, Ms } from '../db/index.ts'
import { holdOf } from '../steering/hold.ts'
import { steeredQueues } from '../steering/steering.ts'
import type { Task } from './tasks.ts'

/** The same tasks, with what holds back those that are due. */
export async function withHolds(db: Db, tasks: readonly Task[], now: Ms): Promise<Task[]> {
  const isDue = ({ state, run_at }: Task) => state === 'queued' && Date.parse(run_at) <= now
  if (!tasks.some(isDue)) return [...tasks]
  const steered = await steeredQueues(db, now)
  return tasks.map((task) => {
    const queue = isDue(task) ? steered.get(task.queue) : undefined
    return queue ? { ...task, hold: holdOf(queue) } : task
  })
}
