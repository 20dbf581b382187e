import { z } from 'zod'
import { conflict } from '../input/problem.ts'
import { argument } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { because, type Caller, type Mutation, type Tx } from '../log/mutate.ts'
import { acknowledgeIn, mustBeWhole, unacknowledgeIn } from './acknowledge.ts'
import { events } from './events.ts'
import { type Act, type Task, type TaskRow, toTask } from './tasks.ts'
import { AFRESH, change, cleared, moveTo, NO_ACT, refuseDouble, restoreSkipped, rowIn, set, settle, settleDependents } from './transition.ts'
import { isHeld, isOpen, type TaskState } from './words.ts'

export const description = argument(20_000).default('')
export const Description = z.strictObject({ description, version: z.coerce.number().int().min(1) })

/** Cancels a waiting task at once, or asks the worker to kill a running one. A second call changes nothing. Throws conflict for a task that has ended. */
export function cancel(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await cancelIn(tx, await rowIn(tx, id))))
}

/** Queues a task again that has ended. Throws conflict otherwise. */
export function retry(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await retryIn(tx, await rowIn(tx, id))))
}

/** Makes a task due that is queued for later, or waits before its next attempt. A second call changes nothing. Throws conflict for a task that is not queued. */
export function startNow(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await startNowIn(tx, await rowIn(tx, id))))
}

/** Its events stay. Throws conflict while a worker holds it. */
export function remove(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await removeIn(tx, await rowIn(tx, id))))
}

/** Throws conflict with the newer text if someone else edited it. */
export function describe(app: App, caller: Caller, id: string, { description, version }: z.infer<typeof Description>): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    if (row.version !== version) {
      throw conflict('Someone else edited this description meanwhile. Compare the texts, then save again.', {
        description: row.description,
        version: row.version,
      })
    }
    if (row.description === description) return toTask(row)
    const edited = await tx.db
      .updateTable('tasks')
      .set({ description, version: version + 1 })
      .where('number', '=', row.number)
      .returningAll()
      .executeTakeFirstOrThrow()
    await tx.emit(events.descriptionChanged, `task:${id}`, { task_id: id, description, title: row.title, queue: row.queue })
    return toTask(edited)
  })
}

export const VERBS = { cancel: cancelIn, retry: retryIn, delete: removeIn, acknowledge: acknowledgeIn, unacknowledge: unacknowledgeIn } as const
export type Verb = keyof typeof VERBS

/** Throws conflict for a cancel after the end, or a deletion of a step or while a worker holds the task. */
export function mustFit(row: TaskRow, act: Act) {
  const { id, state } = row
  if (act === 'delete') mustBeWhole(row, 'Delete')
  if (act === 'cancel' && !isOpen(state as TaskState)) throw conflict(`${id} is already ${state} and cannot be cancelled.`, { state })
  if (act === 'delete' && isHeld(state as TaskState)) throw conflict(`${id} is ${state}. Cancel it before you delete it.`, { state })
}

async function startNowIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  const { id, state, run_at, title, queue } = row
  if (state !== 'queued') throw conflict(`${id} is ${state}. Only a queued task can be started now.`, { state })
  if (run_at <= tx.now) return row
  const due = await change(tx, row, { run_at: tx.now })
  await tx.emit(events.madeDue, `task:${id}`, { task_id: id, run_at: new Date(tx.now).toISOString(), title, queue })
  for (const step of await stepsIn(tx, id)) if (step.state === 'queued') await startNowIn(tx, await rowIn(tx, step.id))
  return due
}

async function cancelIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  mustFit(row, 'cancel')
  const state = row.state as TaskState
  const by = { cancel_requested_at: tx.now, cancel_requested_by: tx.actor.name }
  if (!isHeld(state) && row.step_count === null) return moveTo(tx, row, 'cancelled', `cancelled by ${tx.actor.name}`, { ...by, finished_at: tx.now })
  if (row.cancel_requested_at !== null) return row
  const cancelling = await change(tx, row, { ...by, ...NO_ACT })
  if (row.act !== 'cancel') await set(tx, row, 'stopping')
  if (row.step_count === null) return cancelling
  // From the last on, so that none is skipped because of another.
  for (const { id } of (await stepsIn(tx, row.id)).reverse()) {
    const step = await rowIn(tx, id)
    if (isOpen(step.state as TaskState)) await cancelIn(tx, step)
  }
  return rowIn(tx, row.id)
}

/** Of a pipeline, queues the steps again that did not succeed, or all if all did. */
async function retryIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  const state = row.state as TaskState
  if (isOpen(state)) throw conflict(`${row.id} is ${state}. Only a task that has ended can be retried.`, { state })
  await refuseDouble(tx, row.unique_key ?? undefined)
  const reason = `retried by ${tx.actor.name}`
  if (row.step_count !== null) return retrySteps(tx, await moveTo(tx, row, 'queued', reason, { ...AFRESH, waits_for: row.step_count }))
  if (row.pipeline_id !== null) await mustAllowStep(tx, row.pipeline_id)
  const queued = await moveTo(tx, row, 'queued', reason, { ...AFRESH, max_attempts: Math.max(row.max_attempts, row.attempt + 1), run_at: tx.now })
  // What it waits for may be queued again, too.
  const settled = await settle(tx, queued, true)
  await restoreSkipped(tx, row.id)
  return settled
}

async function retrySteps(tx: Tx, pipeline: TaskRow): Promise<TaskRow> {
  const steps = await stepsIn(tx, pipeline.id)
  const unsuccessful = steps.filter(({ state }) => state !== 'succeeded')
  for (const { id } of unsuccessful.length > 0 ? unsuccessful : steps) {
    const step = await rowIn(tx, id)
    // Skipped ones are queued with the one that they were skipped for.
    if (!isOpen(step.state as TaskState)) await retryIn(tx, step)
  }
  return rowIn(tx, pipeline.id)
}

/** A step that is retried opens its pipeline again. */
async function mustAllowStep(tx: Tx, pipeline: string) {
  const row = await rowIn(tx, pipeline)
  if (!isOpen(row.state as TaskState)) await refuseDouble(tx, row.unique_key ?? undefined)
}

async function removeIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  mustFit(row, 'delete')
  // From the last on, so that none is skipped because of another.
  for (const { id } of (await stepsIn(tx, row.id)).reverse()) await removeRow(tx, await rowIn(tx, id))
  return removeRow(tx, row)
}

async function removeRow(tx: Tx, row: TaskRow): Promise<TaskRow> {
  const removed = await change(tx, row, { deleted_at: tx.now, unique_key: null, ...NO_ACT })
  await tx.emit(events.deleted, `task:${row.id}`, { task_id: row.id, reason: `deleted by ${tx.actor.name}`, title: row.title, queue: row.queue })
  if (row.act !== null) await cleared(because(tx, tx.newest()), row, { ok: row.act === 'delete' })
  if (isOpen(row.state as TaskState)) await settleDependents(because(tx, tx.newest()), row.id)
  return removed
}

/** In the order in which they can start; none of a task that is no pipeline. */
const stepsIn = ({ db }: Tx, pipeline: string) =>
  db.selectFrom('tasks').select(['id', 'state']).where('pipeline_id', '=', pipeline).where('deleted_at', 'is', null).orderBy('number').execute()
