import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OPEN } from '../db/index.ts'
import { TELLTALE } from '../live/actor.ts'
import type { App } from '../live/app.ts'
import type { Tx } from '../live/mutate.ts'
import { forgetAbout, redactAbout, redactAnswers } from '../live/redact.ts'
import { output } from './output.ts'
import { isOpen, type TaskState } from './tasks.ts'

/** Tasks removed in one transaction. */
export const RETIRED_AT_ONCE = 50
/** How many folders of output are looked up in one query. */
const LOOKED_UP = 200

/** A folder of output on the disk. */
export interface Kept {
  id: string
  bytes: number
  /** Null while its task is not over. */
  ended_at: number | null
}

/** Removes what is left of tasks that were deleted: output, rows, and the text in their events. Returns how many there were. */
export async function purge(app: App): Promise<number> {
  const gone = await app.db.selectFrom('tasks').select(['id']).where('deleted_at', 'is not', null).orderBy('deleted_at').limit(RETIRED_AT_ONCE).execute()
  if (gone.length === 0) return 0
  const ids = gone.map(({ id }) => id)
  const subjects = ids.map((id) => `task:${id}`)
  for (const id of ids) await removeOutput(app, id) // first, so that the row remains for a retry when this fails
  await app.mutate({ actor: TELLTALE }, async (tx) => {
    await redactAbout(tx, subjects)
    await redactAnswers(tx, subjects)
    await removeRows(tx, ids)
  })
  forgetAbout(app, subjects)
  return ids.length
}

/** Deletes tasks that ended before `before`, oldest first; their events are kept like all events. Returns how many. */
export async function retire(app: App, before: number, reason: string): Promise<number> {
  const ended = await app.db
    .selectFrom('tasks')
    .select('id')
    .where('deleted_at', 'is', null)
    .where('finished_at', '<', before)
    .where((eb) => eb.not(OPEN)) // a task that waits for its next attempt has the end of its last one
    .orderBy('finished_at')
    .limit(RETIRED_AT_ONCE)
    .execute()
  const ids = ended.map(({ id }) => id)
  if (ids.length === 0) return 0
  for (const id of ids) await removeOutput(app, id)
  await app.mutate({ actor: TELLTALE }, async (tx) => {
    // As in a deletion by hand, so that triggers update the counters and the search index.
    await tx.db.updateTable('tasks').set({ deleted_at: tx.now }).where('id', 'in', ids).execute()
    for (const id of ids) await tx.emit('task.deleted', `task:${id}`, { task_id: id, reason })
    await removeRows(tx, ids)
  })
  return ids.length
}

/** Looks through the folders of output, a few at a time; removes those whose task is gone, and yields the others. */
export async function* keptOutput(app: App): AsyncGenerator<Kept> {
  const names = await readdir(folder(app)).catch(() => [])
  const ids = names.filter((name) => /^t_\d+$/.test(name))
  for (let i = 0; i < ids.length; i += LOOKED_UP) {
    const batch = ids.slice(i, i + LOOKED_UP)
    const rows = await app.db.selectFrom('tasks').select(['id', 'finished_at', 'state']).where('id', 'in', batch).execute()
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const id of batch) {
      const row = found.get(id)
      if (!row) await removeOutput(app, id)
      else yield { id, bytes: await sizeOf(join(folder(app), id)), ended_at: isOpen(row.state as TaskState) ? null : row.finished_at }
    }
  }
}

/** Removes the output of a task that stays; its page says when or why. */
export async function dropOutput(app: App, id: string, why: string) {
  await removeOutput(app, id)
  await app.mutate({ actor: TELLTALE }, ({ db }) => db.updateTable('tasks').set({ output_removed: why }).where('id', '=', id).execute())
}

/** Why the output of a task is not there any more, such as `after 30 days`; null where nothing was removed. */
export async function outputRemoved({ db }: App, id: string): Promise<string | null> {
  const task = await db.selectFrom('tasks').select('output_removed').where('id', '=', id).executeTakeFirst()
  return task?.output_removed ?? null
}

export async function removeOutput(app: App, id: string) {
  await rm(join(folder(app), id), { recursive: true, force: true })
  output(app).forget(id)
}

async function removeRows({ db }: Tx, ids: readonly string[]) {
  await db.deleteFrom('attempts').where('task_id', 'in', ids).execute()
  await db.deleteFrom('tasks').where('id', 'in', ids).execute()
}

async function sizeOf(path: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(path, { recursive: true }).catch(() => []))
    bytes += await stat(join(path, name)).then(
      ({ size }) => size,
      () => 0,
    )
  return bytes
}

const folder = ({ config }: App) => join(config.data, 'logs')
