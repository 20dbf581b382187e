import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inherited } from '../config.ts'
import { TELLTALE } from '../live/actor.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { conflict } from '../live/problem.ts'
import * as lifecycle from './lifecycle.ts'
import { moveWorker, noteContact, silence } from './presence.ts'
import { detail, isAlive, list, toWorker, type Worker, type WorkerRow } from './workers.ts'

const LAUNCHER = fileURLToPath(new URL('../launch.js', import.meta.url))
/** A worker that falls over is started again after a second, then two, up to half a minute. */
const FIRST_BACKOFF_MS = 1_000
const LONGEST_BACKOFF_MS = 30_000
/** One that ran this long has recovered: its next fall starts the back-off anew. */
const RECOVERED_MS = 60_000
/** Workers get this long to end what they run when the server stops. */
const GOODBYE_MS = 5_000
const ENDED_POLL_MS = 50
const LOG_TAIL_BYTES = 32_768

/** The worker processes that this server launched on its own machine. */
class Supervisor {
  readonly #app: App
  readonly #children = new Map<string, { child: ChildProcess; since: number; falls: number }>()
  /** Pids of workers that an earlier server started and that outlived it. */
  readonly #adopted = new Map<string, number>()
  /** Ends that are being written down. */
  readonly #leaving = new Set<Promise<void>>()
  #stopping = false

  constructor(app: App) {
    this.#app = app
  }

  /** Starts the process of a worker whose row is there; a second call while it runs changes nothing. */
  start(worker: Worker, falls = 0) {
    if (this.#children.has(worker.id)) return
    const { config } = this.#app
    mkdirSync(join(config.data, 'logs', 'workers'), { recursive: true, mode: 0o700 })
    const log = openSync(this.#logFile(worker.id), 'a', 0o600)
    const queues = worker.queues.flatMap((queue) => ['--queue', queue])
    const args = [
      LAUNCHER,
      'worker',
      '--id',
      worker.id,
      '--name',
      worker.name,
      '--data',
      config.data,
      '--concurrency',
      String(worker.concurrency),
      '--isolate',
      config.isolate,
      ...queues,
    ]
    const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log], env: inherited })
    closeSync(log)
    noteContact(this.#app, worker.id)
    this.#children.set(worker.id, { child, since: this.#app.clock.elapsed(), falls })
    child.on('exit', (code, signal) => this.#leave(worker, child, signal ? `was killed by ${signal}` : `ended with exit code ${code}`))
    child.on('error', (error) => this.#leave(worker, child, `could not be started: ${error.message}`))
  }

  /** Takes over a worker that outlived the server that started it. */
  adopt({ id, pid }: WorkerRow) {
    if (pid !== null) this.#adopted.set(id, pid)
  }

  /** Signals the process of a launched worker; false where there is none here. */
  kill(id: string, signal: NodeJS.Signals): boolean {
    const pid = this.#children.get(id)?.child.pid ?? this.#adoptedPid(id)
    return pid !== undefined && send(pid, signal)
  }

  /** Starts a worker anew that was not heard of any more, if it is one of ours. */
  async revive(worker: Worker) {
    if (!this.#adopted.delete(worker.id)) return
    await this.#again(worker, 1)
  }

  /** Ends every launched worker and waits for them. What they interrupt names the server as the reason, so it is said before. */
  async stop() {
    this.#stopping = true
    const ids = [...this.#children.keys(), ...this.#adopted.keys()]
    for (const id of ids) await this.#sayStopped(id, 'stopped with the server').catch((error) => this.#app.log.error(`could not note that ${id} stops`, error))
    for (const id of ids) this.kill(id, 'SIGTERM')
    const patience = setTimeout(() => {
      for (const id of ids) this.kill(id, 'SIGKILL')
    }, GOODBYE_MS)
    await Promise.all(ids.map((id) => this.ended(id)))
    clearTimeout(patience)
    await Promise.all(this.#leaving)
  }

  /** Resolves when the worker's process has ended, at once where there is none. */
  async ended(id: string): Promise<void> {
    const child = this.#children.get(id)?.child
    if (child && child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
    // One that is not our child ends without telling us.
    while (this.#adoptedPid(id) !== undefined) await new Promise((resolve) => setTimeout(resolve, ENDED_POLL_MS))
    this.#adopted.delete(id)
  }

  /** Undefined once the process has ended, even if another one has its number now. */
  #adoptedPid(id: string): number | undefined {
    const pid = this.#adopted.get(id)
    return pid !== undefined && isOurs({ id, pid }) ? pid : undefined
  }

  /** The end of what the worker's process printed. */
  log(id: string): string {
    try {
      return readFileSync(this.#logFile(id)).subarray(-LOG_TAIL_BYTES).toString('utf8')
    } catch {
      return ''
    }
  }

  /** How much that is in all; it moves whenever the process prints. */
  logSize(id: string): number {
    return statSync(this.#logFile(id), { throwIfNoEntry: false })?.size ?? 0
  }

  #logFile(id: string) {
    return join(this.#app.config.data, 'logs', 'workers', `${id}.log`)
  }

  #leave(worker: Worker, child: ChildProcess, how: string) {
    const written = this.#gone(worker, child, how).finally(() => this.#leaving.delete(written))
    this.#leaving.add(written)
  }

  async #gone(worker: Worker, child: ChildProcess, how: string): Promise<void> {
    const it = this.#children.get(worker.id)
    if (it?.child !== child) return
    this.#children.delete(worker.id)
    try {
      const { worker: now } = await detail(this.#app.db, worker.id)
      if (now.state === 'draining') return await this.#sayStopped(worker.id, 'drained')
      if (now.state === 'stopped') return await lifecycle.takeBack(this.#app, worker.id, `its process ${how}`)
      await lifecycle.lose(this.#app, worker.id, `its process ${how}`)
      const falls = this.#app.clock.elapsed() - it.since > RECOVERED_MS ? 0 : it.falls
      setTimeout(() => void this.#again(worker, falls + 1), Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** falls)).unref()
    } catch (error) {
      this.#app.log.error(`could not note that ${worker.id} is gone`, error)
    }
  }

  async #again(worker: Worker, falls: number) {
    const { worker: now } = await detail(this.#app.db, worker.id).catch(() => ({ worker: undefined }))
    if (this.#stopping || now?.state !== 'lost') return
    await this.#app.mutate({ actor: TELLTALE }, (tx) =>
      moveWorker(tx, worker.id, 'starting', `started again after ${falls} ${falls === 1 ? 'fall' : 'falls'}`, { pid: null }),
    )
    this.start(now, falls)
  }

  async #sayStopped(id: string, why: string) {
    const { worker } = await detail(this.#app.db, id)
    if (isAlive(worker.state)) await this.#app.mutate({ actor: TELLTALE }, (tx) => moveWorker(tx, id, 'stopped', why, { pid: null }))
  }
}

export const supervisor = perApp((app) => new Supervisor(app))

/** Launches a worker on this machine. */
export async function launch(app: App, caller: Caller, input: Parameters<typeof lifecycle.announce>[2]): Promise<Mutation<Worker>> {
  const launched = await lifecycle.announce(app, caller, input)
  supervisor(app).start(launched.value)
  return launched
}

/** Stops the worker and, where it runs here, its process: gently, or at once with its tasks taken from it. */
export async function stop(app: App, caller: Caller, id: string, { force = false } = {}): Promise<Mutation<Worker>> {
  const stopped = await lifecycle.stop(app, caller, id, force ? 'force-stopped' : 'stopped')
  supervisor(app).kill(id, force ? 'SIGKILL' : 'SIGTERM')
  if (force) await lifecycle.lose(app, id, `the worker was force-stopped by ${caller.actor.name}`)
  return stopped
}

/** Stops a launched worker and starts it anew under the same id. Throws conflict for one that was started elsewhere. */
export async function restart(app: App, caller: Caller, id: string): Promise<Mutation<Worker>> {
  const row = await rowOf(app, id)
  if (row && row.kind !== 'local') throw conflict(`${id} was started elsewhere: restart it there.`)
  // The caller's key stands for the whole restart: it is remembered with the last of its changes.
  if (row && isAlive(toWorker(row).state)) await stop(app, { actor: caller.actor }, id)
  await supervisor(app).ended(id)
  const again = await app.mutate(caller, async (tx) => {
    await moveWorker(tx, id, 'starting', `restarted by ${tx.actor.name}`, { pid: null, launched_at: tx.now })
    return toWorker(await tx.db.selectFrom('workers').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
  })
  supervisor(app).start(again.value)
  return again
}

/** Finds again the launched workers that outlived a killed server, and gives up those that did not. Answers how many live. */
export async function adopt(app: App): Promise<number> {
  const rows = await app.db.selectFrom('workers').selectAll().where('state', 'not in', ['stopped', 'lost']).where('deleted_at', 'is', null).execute()
  let alive = 0
  for (const row of rows) {
    noteContact(app, row.id)
    if (row.kind !== 'local') continue
    if (isOurs(row)) {
      alive++
      supervisor(app).adopt(row)
    } else await lifecycle.lose(app, row.id, 'its process was gone when the server started')
  }
  return alive
}

/** Gives up the workers that were not heard of for a lease and a quarter. */
export async function loseSilent(app: App) {
  const { items } = await list(app.db, { state: 'alive' })
  for (const worker of items) {
    const ms = silence(app, worker.id)
    if (ms <= app.config['lease-ms'] * 1.25) continue
    await lifecycle.lose(app, worker.id, `it was silent for ${Math.round(ms / 1000)} s`)
    await supervisor(app).revive(worker)
  }
}

const rowOf = (app: App, id: string) => app.db.selectFrom('workers').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()

/** True when the pid is still this worker's process, and not another that came after it. */
function isOurs({ id, pid }: Pick<WorkerRow, 'id' | 'pid'>): boolean {
  if (pid === null || !send(pid, 0)) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`worker\0--id\0${id}\0`)
  } catch {
    return true // no /proc here: the pid is all there is to go by
  }
}

/** True when there was such a process; signal 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
