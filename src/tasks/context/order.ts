import type { Db } from '../../db/index.ts'
import { type Task, toTask } from '../tasks.ts'

const MOST = 50

/** The tasks that must end before one, and those that wait for it. */
export interface Order {
  before: readonly Task[]
  after: readonly Task[]
}

export async function orderOf(db: Db, id: string): Promise<Order> {
  const linked = async (to: 'task_id' | 'after_id', from: 'task_id' | 'after_id') => {
    const rows = await db
      .selectFrom('task_dependencies')
      .innerJoin('tasks', 'tasks.id', to)
      .selectAll('tasks')
      .where(from, '=', id)
      .where('deleted_at', 'is', null)
      .orderBy('tasks.number')
      .limit(MOST)
      .execute()
    return rows.map(toTask)
  }
  return { before: await linked('after_id', 'task_id'), after: await linked('task_id', 'after_id') }
}
