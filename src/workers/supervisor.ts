import { conflict } from '../input/problem.ts'
import { contacts, moveWorker } from '../leases/presence.ts'
import { type App, perApp } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import * as lifecycle from './lifecycle.ts'
import { begin, type WorkerProcess } from './processes.ts'
import { isAlive } from './words.ts'
import { detail, toWorker, type Worker } from './workers.ts'

/** A worker that crashes is restarted after a second, then two, up to half a minute. */
const FIRST_BACKOFF_MS = 1_000
const LONGEST_BACKOFF_MS = 30_000
/** A worker that ran this long has recovered, so its back-off starts over. */
const RECOVERED_MS = 60_000
const GOODBYE_MS = 5_000
/** The reason for workers that start again with the server. */
export const STOPPED_WITH_SERVER = 'stopped with the server'

class Supervisor {
  readonly #app: App
  readonly #running = new Map<string, { process: WorkerProcess; over: Promise<void> }>()
  readonly #due = new Map<string, NodeJS.Timeout>()
  #stopping = false

  constructor(app: App) {
    this.#app = app
  }

  start(worker: Worker, falls = 0) {
    if (this.#stopping || this.#running.has(worker.id)) return
    clearTimeout(this.#due.get(worker.id))
    this.#due.delete(worker.id)
    contacts(this.#app).note(worker.id)
    this.mind(worker.id, begin(this.#app.config, worker), falls)
  }

  mind(id: string, process: WorkerProcess, falls = 0) {
    const since = this.#app.clock.elapsed()
    const over = process.ended
      .then((how) => this.#gone(id, `its process ${how}`, this.#app.clock.elapsed() - since > RECOVERED_MS ? 0 : falls))
      .catch((error) => this.#app.log.error(`could not record that ${id} is gone`, error))
      .finally(() => this.#running.delete(id))
    this.#running.set(id, { process, over })
  }

  kill(id: string, signal: NodeJS.Signals): boolean {
    return this.#running.get(id)?.process.kill(signal) ?? false
  }

  async ended(id: string) {
    const patience = setTimeout(() => this.kill(id, 'SIGKILL'), GOODBYE_MS)
    await this.#running.get(id)?.over
    clearTimeout(patience)
  }

  /** The reason is logged first, because interrupted tasks refer to it. */
  async stop() {
    this.#stopping = true
    for (const timer of this.#due.values()) clearTimeout(timer)
    const stopped = await this.#sayStopped().catch((error) => {
      this.#app.log.error('could not record that the workers stop', error)
      return [...this.#running.keys()]
    })
    for (const id of stopped) this.kill(id, 'SIGTERM') // the others were stopped before, for a reason of their own
    await Promise.all([...this.#running.keys()].map((id) => this.ended(id)))
  }

  /** Throws conflict once the server is stopping: a worker announced after that would never start. */
  mustGoOn() {
    if (this.#stopping) throw conflict('The server is stopping. Start workers when it is back.')
  }

  /** Returns those not stopped before, including announced ones that never started. */
  async #sayStopped(): Promise<string[]> {
    const { value } = await this.#app.mutate({ actor: TELLTALE }, async (tx) => {
      const ours = new Set([...this.#running.keys(), ...this.#due.keys()])
      const rows = await tx.db
        .selectFrom('workers')
        .selectAll()
        .where('kind', '=', 'local')
        .where('state', '!=', 'stopped')
        .where('deleted_at', 'is', null)
        .execute()
      const ids = rows.filter((row) => ours.has(row.id) || isAlive(toWorker(row).state)).map(({ id }) => id)
      for (const id of ids) await moveWorker(tx, id, 'stopped', STOPPED_WITH_SERVER, { pid: null })
      return ids
    })
    return value
  }

  async #gone(id: string, how: string, falls: number) {
    const state = await lifecycle.ended(this.#app, id, how)
    if (state !== 'lost' || this.#stopping) return
    const again = () => this.#again(id, falls + 1).catch((error) => this.#app.log.error(`could not start ${id} again`, error))
    this.#due.set(id, setTimeout(again, Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** falls)).unref())
  }

  async #again(id: string, falls: number) {
    if (this.#stopping) return
    const { value: worker } = await this.#app.mutate({ actor: TELLTALE }, async (tx) => {
      const row = await tx.db
        .selectFrom('workers')
        .selectAll()
        .where('id', '=', id)
        .where('state', '=', 'lost')
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      if (row) await moveWorker(tx, id, 'starting', `started again after ${falls} ${falls === 1 ? 'fall' : 'falls'}`, { pid: null })
      return row && toWorker(row)
    })
    if (worker) this.start(worker, falls)
  }
}

export const supervisor = perApp((app) => new Supervisor(app))

/** Throws conflict while the server is stopping. */
export async function launch(app: App, caller: Caller, input: Parameters<typeof lifecycle.announce>[2]): Promise<Mutation<Worker>> {
  supervisor(app).mustGoOn()
  const launched = await lifecycle.announce(app, caller, input)
  supervisor(app).start(launched.value)
  return launched
}

export function stop(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  return end(app, caller, id, 'stopping')
}

/** Takes back its tasks, even during a normal stop. */
export async function forceStop(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  const stopped = await lifecycle.forceStop(app, caller, id)
  supervisor(app).kill(id, 'SIGKILL')
  await lifecycle.takeBack(app, id, { why: `the worker was force-stopped by ${caller.actor.name}`, cause: stopped.seq })
  return stopped
}

/** Keeps the worker's id. Throws conflict for a worker of another machine, and while the server is stopping. */
export async function restart(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  const { worker } = await detail(app.db, id)
  if (worker.kind !== 'local') throw conflict(`${id} was started elsewhere. Restart it there.`)
  // The caller's key covers the whole restart: it is stored with the last change.
  if (isAlive(worker.state)) await end(app, { actor: caller.actor }, id, 'restarting')
  try {
    await supervisor(app).ended(id)
    supervisor(app).mustGoOn()
    const again = await app.mutate(caller, (tx) => beginRestart(tx, id))
    supervisor(app).start(again.value)
    return again
  } catch (error) {
    await lifecycle
      .failTransient(app, id, (error as Error).message)
      .catch((failed) => app.log.error(`could not record that the restart of ${id} failed`, failed))
    throw error
  }
}

async function end(app: App, caller: Caller, id: string, as: 'stopping' | 'restarting'): Promise<Mutation<Worker>> {
  const stopped = await lifecycle.stop(app, caller, id, as)
  supervisor(app).kill(id, 'SIGTERM')
  return stopped
}

async function beginRestart(tx: Tx, id: string): Promise<Worker> {
  await moveWorker(tx, id, 'starting', `restarted by ${tx.actor.name}`, { pid: null, launched_at: tx.now })
  return toWorker(await tx.db.selectFrom('workers').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
}
