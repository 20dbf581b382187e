import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { launch, removeFolder, type Server, serve, temporaryFolder } from '../crash/server.ts'
import { endWorkersOf } from '../support/leftovers.ts'
import { until } from '../support/processes.ts'

/** A server gives its workers five seconds; one that hangs must not block the tests. */
const STOP_MS = 10_000

export interface Task {
  id: string
  state: string
  status: string | null
  reason: string
  exit_code: number | null
  error: string | null
  finished_at: string | null
  progress: object | null
  /** Newest first. */
  attempts: { outcome: string; error: string | null }[]
}

export interface Worker {
  id: string
  state: string
  reason: string
  pid: number | null
}

export interface WorkerProcess {
  process: ChildProcess
  said(): string
}

/** A server with its own folder, and its workers; all end with the test. */
export class Site {
  readonly data = temporaryFolder()
  #server: Server | undefined
  readonly #workers: WorkerProcess[] = []
  readonly #flags: string[]

  private constructor(flags: string[]) {
    this.#flags = flags
    onTestFinished(async () => {
      for (const { process } of this.#workers) await end(process, 'SIGKILL')
      await this.#endServer()
      endWorkersOf(this.data) // a server that was killed left them behind
      removeFolder(this.data)
    })
  }

  get server(): Server {
    return this.#server as Server
  }

  static async start(...flags: string[]): Promise<Site> {
    const site = new Site(flags)
    await site.again()
    return site
  }

  /** Starts the server, as it was started before. */
  async again() {
    this.#server = await serve(this.data, ...this.#flags)
  }

  /** Ends the server with its workers, or kills it. */
  async #endServer() {
    const patience = setTimeout(() => void this.#server?.end('SIGKILL'), STOP_MS)
    await this.#server?.end('SIGTERM')
    clearTimeout(patience)
  }

  worker(...flags: string[]): WorkerProcess {
    return this.minds(launch('worker', '--name', 'alpha', ...(flags.includes('--url') ? [] : ['--data', this.data]), ...flags))
  }

  /** Collects the output of a worker that was started in another way, and ends it with the test. */
  minds(process: ChildProcess): WorkerProcess {
    let said = ''
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (more) => (said += more))
    const worker = { process, said: () => said }
    this.#workers.push(worker)
    return worker
  }

  /** A new token of role worker. */
  async token(): Promise<string> {
    const { stdout } = launch('token', 'create', '--role', 'worker', '--name', 'elsewhere', '--data', this.data)
    return (await text(stdout as Readable)).trim()
  }

  /** A file that holds one. */
  async tokenFile(): Promise<string> {
    const file = join(this.data, 'token')
    writeFileSync(file, `${await this.token()}\n`, { mode: 0o600 })
    return file
  }

  async create(command: string, more: object = {}): Promise<string> {
    const { body } = await this.server.client.call<{ item: Task }>('POST', '/api/tasks', { command, ...more })
    return body.item.id
  }

  async task(id: string): Promise<Task> {
    return (await this.server.client.call<{ item: Task }>('GET', `/api/tasks/${id}`)).body.item
  }

  async log(id: string): Promise<string> {
    const bytes = await this.server.client.stream(`/api/tasks/${id}/log`, { headers: { accept: 'text/plain' } })
    return Buffer.concat(await bytes.toArray()).toString()
  }

  /** All workers, newest first, as the server sees them. */
  async workers(): Promise<Worker[]> {
    return (await this.server.client.call<{ items: Worker[] }>('GET', '/api/workers')).body.items
  }

  /** A worker, as the server sees it. */
  async seen(id = 'w_1'): Promise<Worker> {
    return (await this.server.client.call<{ item: Worker }>('GET', `/api/workers/${id}`)).body.item
  }

  async become(id: string, state: string, withinMs?: number): Promise<Task> {
    await until(`${id} is ${state}`, async () => (await this.task(id)).state === state, withinMs)
    return this.task(id)
  }
}

/** Ends the process and waits until it has. */
export async function end(process: ChildProcess, signal: NodeJS.Signals) {
  if (process.exitCode !== null || process.signalCode !== null) return
  process.kill('SIGCONT')
  process.kill(signal)
  await once(process, 'exit')
}
