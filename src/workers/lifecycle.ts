import { z } from 'zod'
import { HELD, UNLOCKED } from '../db/index.ts'
import { conflict, forbidden, notFound } from '../input/problem.ts'
import { line, name as nameOf, queueNames } from '../input/texts.ts'
import { heldTasks, type Loss, orphan } from '../leases/leases.ts'
import { contacts, moveWorker, noteEnd, settle } from '../leases/presence.ts'
import { clearTransient, setTransient } from '../leases/transients.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import { events } from './events.ts'
import { isAlive, type WorkerState } from './words.ts'
import { toWorker, type Worker, type WorkerRow } from './workers.ts'

const queues = queueNames.default(['default'])
const name = nameOf(100)
const host = line(200).nullish()
const concurrency = z.coerce.number().int().min(1).max(64).default(1)

export const Launch = z.strictObject({ name: name.optional(), queues, concurrency })
export const Register = z.strictObject({
  name,
  queues,
  concurrency,
  kind: z.literal('remote').default('remote'),
  host,
  pid: z.int().nullish(),
})
export const Hello = z.strictObject({ host, pid: z.int().nullish() })
export const Goodbye = z.strictObject({ signal: line(20).nullish() })

/** The worker belongs to the token of the request. Throws forbidden as `mustServe` does. */
export async function register(app: App, caller: Caller, input: z.infer<typeof Register>): Promise<Mutation<Worker>> {
  mustServe(caller, input.queues)
  const registered = await app.mutate(caller, async (tx) =>
    add(tx, { ...input, kind: 'remote', state: 'idle', reason: 'registered', token_id: caller.actor.credential ?? null }),
  )
  contacts(app).note(registered.value.id)
  return registered
}

export function announce(app: App, caller: Caller, { name, queues, concurrency }: z.infer<typeof Launch>): Promise<Mutation<Worker>> {
  return app.mutate(caller, (tx) =>
    add(tx, {
      name: name ?? 'local',
      queues,
      concurrency,
      kind: 'local',
      state: 'starting',
      reason: `launched by ${tx.actor.name}`,
      token_id: null,
      host: null,
      pid: null,
    }),
  )
}

export async function hello(app: App, caller: Caller, id: string, { host, pid }: z.infer<typeof Hello>): Promise<Mutation<Worker>> {
  contacts(app).note(id)
  return app.mutate(caller, async (tx) => {
    await rowIn(tx, id)
    await tx.db
      .updateTable('workers')
      .set({ host: host ?? null, pid: pid ?? null })
      .where('id', '=', id)
      .execute()
    await settle(tx, id)
    return toWorker(await rowIn(tx, id))
  })
}

/** Takes back tasks that never started. The worker is stopped, or lost if this server launched it and nobody stopped it. */
export async function goodbye(app: App, caller: Caller, id: string, { signal }: z.infer<typeof Goodbye>): Promise<Mutation<Worker>> {
  const gone = await app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    const how = signal ? `ended by ${signal}` : 'ended by itself'
    if (row.state === 'stopped') await noteEnd(tx, row, how)
    else await moveWorker(tx, id, row.kind === 'local' && row.state !== 'draining' ? 'lost' : 'stopped', how, { pid: null })
    return { worker: toWorker(await rowIn(tx, id)), hasMoved: hasMoved(tx) }
  })
  await takeBack(app, id, { why: 'it ended', cause: gone.value.hasMoved ? gone.seq : undefined })
  return { ...gone, value: gone.value.worker }
}

/** The worker claims no more tasks, and stops once it holds none. Throws conflict for one that is not alive. */
export function drain(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  return app.mutate(caller, async (tx) => {
    await mustBeAlive(tx, id)
    await moveWorker(tx, id, 'draining', `drained by ${tx.actor.name}`)
    await settle(tx, id)
    return toWorker(await rowIn(tx, id))
  })
}

/** Its next beat asks the worker to end its tasks and stop or restart. Throws conflict for one that is not alive. */
export function stop(app: App, caller: Caller, id: string, as: 'stopping' | 'restarting' = 'stopping'): Promise<Mutation<Worker>> {
  return app.mutate(caller, async (tx) => {
    await mustBeAlive(tx, id)
    await setTransient(tx, id, as)
    await moveWorker(tx, id, 'stopped', `stopped by ${tx.actor.name}`)
    return toWorker(await rowIn(tx, id))
  })
}

/** Stops the worker whatever its state. Throws conflict once it has neither a process here nor a task. */
export function forceStop(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  return app.mutate(caller, async (tx) => {
    const { kind, pid } = await rowIn(tx, id)
    const held = await tx.db.selectFrom('tasks').select('id').where('worker_id', '=', id).where(HELD).limit(1).modifyEnd(UNLOCKED).execute()
    if (held.length === 0 && (kind === 'remote' || pid === null)) await mustBeAlive(tx, id)
    await setTransient(tx, id, 'stopping')
    await moveWorker(tx, id, 'stopped', `force-stopped by ${tx.actor.name}`)
    return toWorker(await rowIn(tx, id))
  })
}

/** Its events stay. Throws conflict while it is alive. */
export function remove(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    if (isAlive(row.state as WorkerState)) throw conflict(`${id} is ${row.state}: stop it before you delete it.`, { state: row.state })
    await setTransient(tx, id, 'destroying')
    await tx.db.updateTable('workers').set({ deleted_at: tx.now }).where('id', '=', id).execute()
    await tx.emit(events.deleted, `worker:${id}`, { worker_id: id, name: row.name })
    await clearTransient(tx, id)
    return toWorker(row)
  })
}

/** Takes back the tasks whose leases are over. Does nothing for a worker that has been heard in the last `silentMs`. */
export async function lose(app: App, id: string, silentMs: number, why: string) {
  const { value, seq } = await app.mutate({ actor: TELLTALE }, async (tx) => {
    const row = await rowIn(tx, id)
    if (isAlive(row.state as WorkerState) && (await contacts(app).silence(tx.db, id)) > silentMs) await moveWorker(tx, id, 'lost', why)
    return hasMoved(tx)
  })
  if (value) await takeBack(app, id, { why, cause: seq, ifOverdue: true })
}

/** Takes back its tasks. Unless it was stopped, the worker is lost. Returns its state. */
export async function ended(app: App, id: string, why: string): Promise<WorkerState> {
  const { value, seq } = await app.mutate({ actor: TELLTALE }, async (tx) => {
    const row = await tx.db.selectFrom('workers').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const { state } = toWorker(row)
    const now = !isAlive(state) ? state : state === 'draining' ? 'stopped' : 'lost'
    if (now === state) await noteEnd(tx, row, why)
    else await moveWorker(tx, id, now, why, { pid: null })
    return { now, hasMoved: hasMoved(tx) }
  })
  await takeBack(app, id, { why, cause: value.hasMoved ? seq : undefined })
  return value.now
}

export async function failTransient(app: App, id: string, why: string) {
  await app.mutate({ actor: TELLTALE }, (tx) => clearTransient(tx, id, why))
}

/** Queues its tasks again if that is safe, otherwise they are lost. */
export async function takeBack(app: App, id: string, loss: Loss) {
  for (const held of await heldTasks(app, id)) await orphan(app, held, loss)
}

/** The change's seq is then its cause; one without an event has that of an earlier event. */
const hasMoved = (tx: Tx) => tx.newest() !== undefined

export async function mustBeOwn(app: App, caller: Caller, id: string) {
  if (caller.actor.role !== 'worker') return
  const row = await app.db.selectFrom('workers').select('token_id').where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(`There is no worker ${id}.`)
  if (row.token_id !== caller.actor.credential) throw forbidden(`${id} was registered with another token.`)
}

/** Throws forbidden if the caller's token is bound to queues that exclude one of these. */
export function mustServe({ actor: { queues: bound } }: Caller, queues: readonly string[] = []) {
  if (bound === undefined || bound.includes('*')) return
  const outside = queues.filter((queue) => !bound.includes(queue))
  if (outside.length > 0) throw forbidden(`This token is bound to ${bound.join(', ')} and may not claim from ${outside.join(', ')}.`)
}

interface NewWorker {
  name: string
  queues: readonly string[]
  concurrency: number
  kind: 'local' | 'remote'
  state: WorkerState
  reason: string
  token_id: string | null
  host?: string | null | undefined
  pid?: number | null | undefined
}

async function add(tx: Tx, worker: NewWorker): Promise<Worker> {
  const { queues, host, pid, ...columns } = worker
  const row = await tx.db
    .insertInto('workers')
    .values({ ...columns, queues: JSON.stringify(queues), host: host ?? null, pid: pid ?? null, launched_at: tx.now })
    .returningAll()
    .executeTakeFirstOrThrow()
  const { id, kind, name, state, concurrency } = row
  const about = { worker_id: id, kind, queues: [...queues], state, name, concurrency, host: row.host, launched_at: new Date(row.launched_at).toISOString() }
  await tx.emit(events.launched, `worker:${id}`, about)
  if (state === 'starting') await setTransient(tx, id, 'spawning')
  return toWorker(await rowIn(tx, id))
}

async function mustBeAlive(tx: Tx, id: string): Promise<WorkerRow> {
  const row = await rowIn(tx, id)
  if (!isAlive(row.state as WorkerState)) throw conflict(`${id} is ${row.state} already.`, { state: row.state })
  return row
}

async function rowIn(tx: Tx, id: string): Promise<WorkerRow> {
  const row = await tx.db.selectFrom('workers').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!row) throw notFound(`There is no worker ${id}. It may have been deleted.`)
  return row
}
