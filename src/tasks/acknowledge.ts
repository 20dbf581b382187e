import { z } from 'zod'
import { conflict } from '../input/problem.ts'
import { line } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import { events } from './events.ts'
import { type Task, type TaskRow, toTask } from './tasks.ts'
import { change, NOT_ACKNOWLEDGED, rowIn } from './transition.ts'
import { isBroken, type TaskState } from './words.ts'

/** A form sends an empty note for none. */
export const note = z.preprocess((text) => (text === '' ? undefined : text), line(500).optional())
export const Acknowledgement = z.strictObject({ note })

/** Takes a failure out of Broken and the counts; its state stays. Again with another note changes the note. Throws conflict for a task that has not failed. */
export function acknowledge(app: App, caller: Caller, id: string, { note }: z.infer<typeof Acknowledgement>): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await acknowledgeIn(tx, await rowIn(tx, id), note)))
}

/** A failure that nobody acknowledged stays as it is. */
export function unacknowledge(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await unacknowledgeIn(tx, await rowIn(tx, id))))
}

export async function acknowledgeIn(tx: Tx, row: TaskRow, note: string | undefined): Promise<TaskRow> {
  const { id, state, title, queue } = row
  mustBeWhole(row, 'Acknowledge')
  if (!isBroken(state as TaskState)) throw conflict(`${id} is ${state}. Only a failed or lost task can be acknowledged.`, { state })
  if (row.acknowledged_at !== null && (note === undefined || note === row.acknowledged_note)) return row
  const by = { acknowledged_at: tx.now, acknowledged_by: tx.actor.name, acknowledged_note: note ?? null }
  const acknowledged = await change(tx, row, by)
  await tx.emit(events.acknowledged, `task:${id}`, { task_id: id, ...(note !== undefined && { note }), title, queue })
  return acknowledged
}

export async function unacknowledgeIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  const { id, title, queue } = row
  if (row.acknowledged_at === null) return row
  const broken = await change(tx, row, NOT_ACKNOWLEDGED)
  await tx.emit(events.unacknowledged, `task:${id}`, { task_id: id, title, queue })
  return broken
}

/** Throws conflict for a step: what is done to a pipeline is done to all of it. */
export function mustBeWhole({ id, pipeline_id }: TaskRow, verb: string) {
  if (pipeline_id !== null) throw conflict(`${id} is a step of ${pipeline_id}. ${verb} ${pipeline_id} instead.`, { pipeline_id })
}
