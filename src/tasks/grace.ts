import { conflict, Problem } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import { because, type Caller, type Mutation, type Tx } from '../log/mutate.ts'
import { every } from '../time/every.ts'
import { mustFit, VERBS } from './lifecycle.ts'
import { type Act, type Task, type TaskRow, toTask } from './tasks.ts'
import { change, cleared, lastScheduled, NO_ACT, rowIn, set } from './transition.ts'
import { isHeld, type TaskState } from './words.ts'

const TICK_MS = 250
const MOST_AT_ONCE = 100

const TRANSIENT = { cancel: 'stopping', delete: 'destroying' } as const

/** Stores the act in the task's row for `undo-seconds`, so that it survives a restart and blocks claims. Throws conflict if it does not fit. */
export function schedule(app: App, caller: Caller, id: string, act: Act): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    mustFit(row, act)
    if (row.act === act || isStopping(row)) return toTask(row)
    const scheduled = await change(tx, row, { act, act_at: tx.now + app.config['undo-seconds'] * 1000, act_by: tx.actor.name })
    if (row.act !== null) await cleared(because(tx, await lastScheduled(tx, id)), row, { ok: false, error: `${tx.actor.name} chose to ${act} it` })
    await set(tx, row, TRANSIENT[act])
    return toTask(scheduled)
  })
}

/** Throws conflict if nothing is scheduled. */
export function undo(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    if (row.act === null) throw conflict(`Nothing to undo: ${id} is ${row.state}.`, { state: row.state })
    return toTask(await lapse(tx, row, `undone by ${tx.actor.name}`))
  })
}

/** Carries out what is due, in the name of its author; returns how many. */
export async function takeEffect(app: App): Promise<number> {
  const due = await app.db.selectFrom('tasks').select(['id', 'act_by']).where('act_at', '<=', app.clock.now()).orderBy('act_at').limit(MOST_AT_ONCE).execute()
  for (const { id, act_by } of due) await app.mutate({ actor: { ...TELLTALE, name: act_by ?? TELLTALE.name } }, (tx) => act(tx, id))
  return due.length
}

/** Also carries out what fell due while the server was down. */
export const startActs = (app: App) =>
  every(
    TICK_MS,
    () => takeEffect(app),
    (error) => app.log.error('cancelling or deleting a task failed', error),
  )

/** Reads the row again: the act may have been undone or carried out since it was listed. */
async function act(tx: Tx, id: string): Promise<void> {
  const row = await tx.db.selectFrom('tasks').selectAll().where('id', '=', id).where('act_at', '<=', tx.now).executeTakeFirst()
  if (!row) return
  try {
    await VERBS[row.act as Act](because(tx, await lastScheduled(tx, id)), row)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await lapse(tx, row, error.message)
  }
}

async function lapse(tx: Tx, row: TaskRow, why: string): Promise<TaskRow> {
  const kept = await change(tx, row, NO_ACT)
  await cleared(because(tx, await lastScheduled(tx, row.id)), row, { ok: false, error: why })
  return kept
}

const isStopping = ({ state, cancel_requested_at }: TaskRow) => isHeld(state as TaskState) && cancel_requested_at !== null
