import type { Selectable } from 'kysely'
import type { WorkerTable } from '../db/engine/schema.ts'
import { type Contacts, HELD, UNLOCKED } from '../db/index.ts'
import { conflict } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import { newestOf } from '../log/log.ts'
import type { Tx } from '../log/mutate.ts'
import { isAlive, type WorkerState } from '../workers/words.ts'
import { events } from './events.ts'
import { MemoryContacts } from './memory-contacts.ts'
import { clearTransient, follow } from './transients.ts'

export const contacts = perApp(({ database, clock }: App): Contacts => database.contacts?.(clock) ?? new MemoryContacts(clock))

/** Counts the worker as present until `act` ends. */
export async function whilePresent<T>(app: App, id: string, act: () => Promise<T>): Promise<T> {
  const leave = contacts(app).hold(id)
  try {
    return await act()
  } finally {
    leave()
  }
}

/** The queues that the worker may claim from. Throws conflict, with its state, if it must not claim. */
export function claimable(worker: Selectable<WorkerTable>, wanted: readonly string[] | undefined): readonly string[] {
  const { id, state, kind, pid } = worker
  // A dead process may leave a claim behind, whose response nobody reads.
  if (state === 'lost' && kind === 'local' && pid === null) throw conflict(`The process of ${id} has ended.`, { state })
  if (state === 'draining' || state === 'stopped') throw conflict(`${id} is ${state}: it claims no more tasks.`, { state })
  const own = JSON.parse(worker.queues) as string[]
  if (!wanted || own.includes('*')) return wanted ?? own
  return wanted.filter((queue) => own.includes(queue))
}

/** Sets the worker to busy or idle by its tasks, or to stopped if it drains and holds none. */
export async function settle(tx: Tx, id: string) {
  const worker = await tx.db.selectFrom('workers').select('state').where('id', '=', id).executeTakeFirst()
  if (!worker || worker.state === 'stopped') return
  const held = await tx.db.selectFrom('tasks').select('id').where('worker_id', '=', id).where(HELD).limit(2).modifyEnd(UNLOCKED).execute()
  if (worker.state === 'draining') {
    if (held.length === 0) await moveWorker(tx, id, 'stopped', 'drained')
    return
  }
  const state = held.length > 0 ? 'busy' : 'idle'
  if (worker.state !== state) await moveWorker(tx, id, state, held[0] ? `running ${held.length > 1 ? 'several tasks' : held[0].id}` : 'waiting for a task')
}

/** The only writer of `workers.state`; also logs the change. */
export async function moveWorker(
  tx: Tx,
  id: string,
  state: WorkerState,
  reason: string,
  columns: { pid?: number | null; host?: string | null; launched_at?: number } = {},
) {
  const row = await tx.db
    .updateTable('workers')
    .set({ ...columns, state, reason, stopped_at: isAlive(state) ? null : tx.now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const { name, kind, concurrency, host, pid, transient } = row
  const about = { kind, queues: JSON.parse(row.queues), name, concurrency, host, launched_at: new Date(row.launched_at).toISOString() }
  const seq = await tx.emit(events.stateChanged, `worker:${id}`, { worker_id: id, state, reason, ...about })
  if (state === 'stopped' && pid === null) await tx.emit(events.stopped, `worker:${id}`, { worker_id: id, reason, name }, seq)
  await follow(tx, { id, state, reason, transient, isGone: pid === null })
}

/** Clears the process of a worker that is not alive, and ends its stop. Idempotent. */
export async function noteEnd(tx: Tx, { id, name, state, pid, transient }: Selectable<WorkerTable>, how: string) {
  if (pid === null) return
  await tx.db.updateTable('workers').set({ pid: null }).where('id', '=', id).execute()
  const moved = await newestOf(tx, `worker:${id}`, [events.stateChanged])
  if (state === 'stopped') await tx.emit(events.stopped, `worker:${id}`, { worker_id: id, reason: how, name }, moved)
  if (transient === 'stopping') await clearTransient(tx, id)
}
