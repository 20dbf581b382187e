import { TELLTALE } from '../live/actor.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller, Mutation, Tx } from '../live/mutate.ts'
import { conflict } from '../live/problem.ts'
import * as lifecycle from './lifecycle.ts'
import { moveWorker, noteContact } from './presence.ts'
import { begin, type WorkerProcess } from './processes.ts'
import { detail, isAlive, toWorker, type Worker } from './workers.ts'

/** A worker that falls over is started again after a second, then two, up to half a minute. */
const FIRST_BACKOFF_MS = 1_000
const LONGEST_BACKOFF_MS = 30_000
/** One that ran this long has recovered: its next fall starts the back-off anew. */
const RECOVERED_MS = 60_000
/** Workers get this long to end what they run. */
const GOODBYE_MS = 5_000
/** Why a worker is stopped that is started again with the server. */
export const STOPPED_WITH_SERVER = 'stopped with the server'

/** The worker processes of this machine that belong to this server. */
class Supervisor {
  readonly #app: App
  /** Until their end is written down. */
  readonly #running = new Map<string, { process: WorkerProcess; over: Promise<void> }>()
  /** Those that fell over and are started again, when their time comes. */
  readonly #due = new Map<string, NodeJS.Timeout>()
  #stopping = false

  constructor(app: App) {
    this.#app = app
  }

  /** Starts the process of a worker whose row is there; a second call while it runs changes nothing. */
  start(worker: Worker, falls = 0) {
    if (this.#stopping || this.#running.has(worker.id)) return
    clearTimeout(this.#due.get(worker.id))
    this.#due.delete(worker.id)
    noteContact(this.#app, worker.id)
    this.mind(worker.id, begin(this.#app.config, worker), falls)
  }

  /** Looks after a process that runs already. */
  mind(id: string, process: WorkerProcess, falls = 0) {
    const since = this.#app.clock.elapsed()
    const over = process.ended
      .then((how) => this.#gone(id, `its process ${how}`, this.#app.clock.elapsed() - since > RECOVERED_MS ? 0 : falls))
      .catch((error) => this.#app.log.error(`could not note that ${id} is gone`, error))
      .finally(() => this.#running.delete(id))
    this.#running.set(id, { process, over })
  }

  /** Signals the worker's process; false where there is none here. */
  kill(id: string, signal: NodeJS.Signals): boolean {
    return this.#running.get(id)?.process.kill(signal) ?? false
  }

  /** Waits for the end of a worker's process that was asked to end, and brings it about where that takes too long. */
  async ended(id: string) {
    const patience = setTimeout(() => this.kill(id, 'SIGKILL'), GOODBYE_MS)
    await this.#running.get(id)?.over
    clearTimeout(patience)
  }

  /** Ends every process and waits for them. What they interrupt names the server as the reason, so it is said before. */
  async stop() {
    this.#stopping = true
    for (const timer of this.#due.values()) clearTimeout(timer)
    const stopped = await this.#sayStopped().catch((error) => {
      this.#app.log.error('could not note that the workers stop', error)
      return [...this.#running.keys()]
    })
    for (const id of stopped) this.kill(id, 'SIGTERM') // the others were asked to end before, and have their own reason for it
    await Promise.all([...this.#running.keys()].map((id) => this.ended(id)))
  }

  /** Throws conflict once the server stops: a worker that was written down after that would never be started. */
  mustGoOn() {
    if (this.#stopping) throw conflict('The server is stopping. Start workers when it is back.')
  }

  /** Answers those that were not stopped yet. Includes whoever was written down as starting and came too late to be started. */
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

/** Launches a worker on this machine. Throws conflict while the server stops. */
export async function launch(app: App, caller: Caller, input: Parameters<typeof lifecycle.announce>[2]): Promise<Mutation<Worker>> {
  supervisor(app).mustGoOn()
  const launched = await lifecycle.announce(app, caller, input)
  supervisor(app).start(launched.value)
  return launched
}

/** Stops the worker and, where it runs here, its process. */
export function stop(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  return end(app, caller, id, 'stopping')
}

/** Ends the worker at once, with its tasks taken from it, also where it was asked to stop before and does not. */
export async function forceStop(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  const stopped = await lifecycle.forceStop(app, caller, id)
  supervisor(app).kill(id, 'SIGKILL')
  await lifecycle.takeBack(app, id, `the worker was force-stopped by ${caller.actor.name}`, stopped.seq)
  return stopped
}

/** Stops a launched worker and starts it anew under the same id. Throws conflict for one that was started elsewhere, and while the server stops. */
export async function restart(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  const { worker } = await detail(app.db, id)
  if (worker.kind !== 'local') throw conflict(`${id} was started elsewhere: restart it there.`)
  // The caller's key stands for the whole restart: it is remembered with the last of its changes.
  if (isAlive(worker.state)) await end(app, { actor: caller.actor }, id, 'restarting')
  try {
    await supervisor(app).ended(id)
    supervisor(app).mustGoOn()
    const again = await app.mutate(caller, (tx) => beginAnew(tx, id))
    supervisor(app).start(again.value)
    return again
  } catch (error) {
    await lifecycle.failTransient(app, id, (error as Error).message).catch((failed) => app.log.error(`could not note that the restart of ${id} failed`, failed))
    throw error
  }
}

async function end(app: App, caller: Caller, id: string, as: 'stopping' | 'restarting'): Promise<Mutation<Worker>> {
  const stopped = await lifecycle.stop(app, caller, id, as)
  supervisor(app).kill(id, 'SIGTERM')
  return stopped
}

async function beginAnew(tx: Tx, id: string): Promise<Worker> {
  await moveWorker(tx, id, 'starting', `restarted by ${tx.actor.name}`, { pid: null, launched_at: tx.now })
  return toWorker(await tx.db.selectFrom('workers').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
}
