import { conflict } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation } from '../log/mutate.ts'
import { events } from './events.ts'
import { type Task, toTask } from './tasks.ts'
import { change, rowIn } from './transition.ts'

/** Makes a task due that is queued for later, or waits before its next attempt. A second call changes nothing. Throws conflict for a task that is not queued. */
export function startNow(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    const { state, run_at, title, queue } = row
    if (state !== 'queued') throw conflict(`${id} is ${state}. Only a queued task can be started now.`, { state })
    if (run_at <= tx.now) return toTask(row)
    const due = await change(tx, row, { run_at: tx.now })
    await tx.emit(events.madeDue, `task:${id}`, { task_id: id, run_at: new Date(tx.now).toISOString(), title, queue })
    return toTask(due)
  })
}
