import { newestOf } from '../log/log.ts'
import type { Tx } from '../log/mutate.ts'
import { transients } from '../tasks/events.ts'
import type { WorkerState } from '../workers/words.ts'

const TRANSIENTS = ['spawning', 'starting', 'stopping', 'restarting', 'destroying'] as const
export type Transient = (typeof TRANSIENTS)[number]

const ENDS_ALIVE: readonly (string | null)[] = ['spawning', 'starting', 'restarting'] satisfies Transient[]

interface Move {
  id: string
  state: WorkerState
  reason: string
  transient: string | null
  isGone: boolean
}

/** Throws conflict while another action is in progress; starting the same one again changes nothing. */
export async function setTransient(tx: Tx, id: string, kind: Transient) {
  const { transient: current, name: title } = await rowOf(tx, id)
  if (current === kind) return
  if (current) await clearTransient(tx, id, `superseded by ${kind}`)
  await tx.db.updateTable('workers').set({ transient: kind, transient_at: tx.now }).where('id', '=', id).execute()
  await tx.emit(transients.set, `worker:${id}`, { name: id, transient_kind: kind, since_unix: Math.floor(tx.now / 1000), title })
}

export async function clearTransient(tx: Tx, id: string, error?: string) {
  const { transient, name: title } = await rowOf(tx, id)
  if (transient === null) return
  await tx.db.updateTable('workers').set({ transient: null, transient_at: null }).where('id', '=', id).execute()
  const begun = await newestOf(tx, `worker:${id}`, [transients.set])
  await tx.emit(transients.cleared, `worker:${id}`, { name: id, ok: error === undefined, ...(error !== undefined && { error }), title }, begun)
}

export async function follow(tx: Tx, { id, state, reason, transient, isGone }: Move) {
  if (state === 'starting' && transient === null) await setTransient(tx, id, 'starting')
  if ((state === 'idle' || state === 'busy') && ENDS_ALIVE.includes(transient)) await clearTransient(tx, id)
  if (state === 'lost') await clearTransient(tx, id, reason)
  // A restart stops the worker first.
  if (state === 'stopped' && isGone && transient !== 'restarting') await clearTransient(tx, id, transient === 'stopping' ? undefined : reason)
  if (state === 'stopped' && !isGone && transient !== 'restarting') await setTransient(tx, id, 'stopping')
}

const rowOf = (tx: Tx, id: string) => tx.db.selectFrom('workers').select(['transient', 'name']).where('id', '=', id).executeTakeFirstOrThrow()
