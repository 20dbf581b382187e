import { OPEN } from '../db/index.ts'
import type { App } from '../live/app.ts'
import { firehose } from '../live/firehose.ts'
import { TELLTALE } from '../log/actor.ts'
import type { Tx } from '../log/mutate.ts'
import { redactAbout, redactAnswers, redacting } from '../log/redact.ts'
import { events } from './events.ts'
import { output } from './log/output.ts'
import { isOpen, type TaskState } from './words.ts'

export const RETIRED_AT_ONCE = 50

export interface Kept {
  id: string
  bytes: number
  ended_at: number | null
}

/** Removes the output, rows and event texts of deleted tasks; returns how many tasks. */
export async function purge(app: App): Promise<number> {
  const gone = await app.db.selectFrom('tasks').select(['id']).where('deleted_at', 'is not', null).orderBy('deleted_at').limit(RETIRED_AT_ONCE).execute()
  if (gone.length === 0) return 0
  const ids = gone.map(({ id }) => id)
  const subjects = ids.map((id) => `task:${id}`)
  for (const id of ids) await output(app).remove(id) // before first, so that the row remains for a retry if this fails
  await app.mutate({ actor: TELLTALE }, async (tx) => {
    await redactAbout(tx, subjects)
    await redactAnswers(tx, subjects)
    await removeRows(tx, ids)
  })
  firehose(app).rewrite(redacting(subjects))
  return ids.length
}

/** Deletes tasks that ended before `before`, oldest first; their events stay. Returns how many. */
export async function retire(app: App, before: number, reason: string): Promise<number> {
  const ended = await app.db
    .selectFrom('tasks')
    .select('id')
    .where('deleted_at', 'is', null)
    .where('pipeline_id', 'is', null) // a step goes with its pipeline
    .where('finished_at', '<', before)
    .where((eb) => eb.not(OPEN)) // a task that waits for another attempt still has the end of its last one
    .orderBy('finished_at')
    .limit(RETIRED_AT_ONCE)
    .execute()
  if (ended.length === 0) return 0
  const whole = ended.map(({ id }) => id)
  const steps = await app.db.selectFrom('tasks').select('id').where('pipeline_id', 'in', whole).where('deleted_at', 'is', null).execute()
  const ids = [...whole, ...steps.map(({ id }) => id)]
  for (const id of ids) await output(app).remove(id)
  await app.mutate({ actor: TELLTALE }, async (tx) => {
    // An update, as in a deletion by hand, so that triggers adjust counters and the search index.
    await tx.db.updateTable('tasks').set({ deleted_at: tx.now }).where('id', 'in', ids).execute()
    for (const id of ids) await tx.emit(events.deleted, `task:${id}`, { task_id: id, reason })
    await removeRows(tx, ids)
  })
  return ids.length
}

/** Walks the output folders, removes those without a task, and yields the others. */
export async function* keptOutput(app: App): AsyncGenerator<Kept> {
  for await (const { id, bytes } of output(app).kept()) {
    const row = await app.db.selectFrom('tasks').select(['finished_at', 'state']).where('id', '=', id).executeTakeFirst()
    if (!row) await output(app).remove(id)
    else yield { id, bytes, ended_at: isOpen(row.state as TaskState) ? null : row.finished_at }
  }
}

export async function dropOutput(app: App, id: string, why: string) {
  await output(app).remove(id)
  await app.mutate({ actor: TELLTALE }, ({ db }) => db.updateTable('tasks').set({ output_removed: why }).where('id', '=', id).execute())
}

/** Why the output was removed, such as `after 30 days`; null if it was not. */
export async function outputRemoved({ db }: App, id: string): Promise<string | null> {
  const task = await db.selectFrom('tasks').select('output_removed').where('id', '=', id).executeTakeFirst()
  return task?.output_removed ?? null
}

async function removeRows({ db }: Tx, ids: readonly string[]) {
  await db.deleteFrom('task_dependencies').where('task_id', 'in', ids).execute()
  await db.deleteFrom('attempts').where('task_id', 'in', ids).execute()
  await db.deleteFrom('tasks').where('id', 'in', ids).execute()
}
