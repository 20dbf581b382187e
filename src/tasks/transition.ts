import type { UpdateObject } from 'kysely'
import type { Schema } from '../db/index.ts'
import type { Tx } from '../live/mutate.ts'
import { conflict, notFound } from '../live/problem.ts'
import { isOpen, type ProcessStatus, type TaskRow, type TaskState } from './tasks.ts'

type Columns = UpdateObject<Schema, 'tasks'>

/** Nothing is asked for that could be undone. */
export const NO_ACT = { act: null, act_at: null, act_by: null }

/** The task's row inside a change. Throws not_found. */
export async function rowIn(tx: Tx, id: string): Promise<TaskRow> {
  const found = await tx.db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!found) throw notFound(`There is no task ${id}. It may have been deleted.`)
  return found
}

/** The task's row, if this worker holds it under this fence. Throws conflict with the state that it is in now. */
export async function heldBy(tx: Tx, id: string, { worker_id, fence }: { worker_id: string; fence: number }): Promise<TaskRow> {
  const row = await rowIn(tx, id)
  const holds = row.fence === fence && row.worker_id === worker_id && (row.state === 'claimed' || row.state === 'running')
  if (holds) return row
  throw conflict(`${worker_id} does not hold ${id} under fence ${fence} any more: it is ${row.state}. Stop what runs for it.`, {
    state: row.state,
    fence: row.fence,
  })
}

/** Moves the task to `state` and says so in the log: the only writer of `tasks.state`. It ends what was asked for and is now done, or moot. */
export async function moveTo(tx: Tx, row: TaskRow, state: TaskState, reason: string, columns: Columns = {}): Promise<TaskRow> {
  const ends = endsAct(row, state)
  const moved = await change(tx, row, { ...columns, ...(ends && NO_ACT), state, reason })
  await tx.emit('task.state_changed', `task:${row.id}`, {
    task_id: row.id,
    state,
    reason,
    attempt: moved.attempt,
    worker_id: moved.worker_id,
    exit_code: moved.exit_code,
  })
  if (ends) await tx.emit('transient.cleared', `task:${row.id}`, { name: row.id, ok: state === 'cancelled' })
  return moved
}

/** Says what the live process is doing, if that is news. */
export async function setStatus(tx: Tx, row: TaskRow, status: ProcessStatus): Promise<TaskRow> {
  if (row.status === status) return row
  const changed = await change(tx, row, { status })
  const finished = status === 'completed' && changed.finished_at !== null ? { finished_at: new Date(changed.finished_at).toISOString() } : {}
  await tx.emit('task.status', `task:${row.id}`, { task_id: row.id, status, ...finished })
  return changed
}

/** Writes columns without an event: for what a list does not show. */
export async function change(tx: Tx, row: TaskRow, columns: Columns): Promise<TaskRow> {
  return tx.db.updateTable('tasks').set(columns).where('number', '=', row.number).returningAll().executeTakeFirstOrThrow()
}

/** A cancel is over with its task; a task that is queued again was wanted more than its deletion. */
const endsAct = ({ act }: TaskRow, state: TaskState) => (act === 'cancel' && !isOpen(state)) || (act === 'delete' && state === 'queued')
