import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cookie } from 'playwright'
import { endWorkersOf } from '../../test/support/leftovers.ts'
import { steadyPort } from '../../test/support/port.ts'
import { type ServerProcess, serve } from '../../test/support/process.ts'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where that is not there.
  json: any
}

export interface ServerOptions {
  /** Without workers, a task stays queued until it is claimed. */
  workers?: number
  /** More of `serve`'s flags. */
  flags?: readonly string[]
}

/** A real server, as a child process with its own data folder and a free port. */
export class Server {
  /** The cookies of the first browser that signed in here. */
  session: Cookie[] | undefined
  readonly #options: Required<ServerOptions>
  #data = ''
  #port = 0
  #process: ServerProcess | undefined

  constructor({ workers = 0, flags = [] }: ServerOptions = {}) {
    this.#options = { workers, flags }
  }

  /** A server that is up. */
  static async start(options?: ServerOptions): Promise<Server> {
    const server = new Server(options)
    await server.up()
    return server
  }

  /** Its data folder, from its first start on. */
  get data(): string {
    return this.#data
  }

  /** Where a browser finds it. */
  get url(): string {
    return this.#process?.dashboard ?? ''
  }

  /** Resolves when the server has printed its address. After a kill it reuses the data and port, with other flags if given. */
  async up(now: ServerOptions = {}) {
    this.#data ||= mkdtempSync(join(tmpdir(), 'telltale-e2e-'))
    this.#port ||= await steadyPort()
    this.#process = await serve(this.data, { ...this.#options, ...now, port: this.#port })
  }

  /** Kills the process, or ends it as an operator would. */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL') {
    await this.#process?.end(signal)
  }

  /** Freezes it with its connections open, as a suspended machine, until it thaws. */
  freeze = () => this.#process?.child.kill('SIGSTOP')
  thaw = () => this.#process?.child.kill('SIGCONT')

  async stop() {
    await this.down('SIGTERM')
    if (!this.data) return
    endWorkersOf(this.data)
    rmSync(this.data, { recursive: true, force: true })
  }

  /** A request over the control socket, as the owner. */
  api(method: string, path: string, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
      const asked = request(
        { socketPath: join(this.data, 'control.sock'), method, path, headers: { Host: 'telltale', Accept: 'application/json', ...headers } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk) => (text += chunk))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : text }))
        },
      )
      asked.on('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Streams that are open now. */
  async streams(): Promise<number> {
    return (await this.api('GET', '/api/hub')).json.streams
  }

  /** A fresh one-use sign-in link. */
  async link(): Promise<string> {
    return (await this.api('POST', '/api/sign-in-links')).json.url
  }

  /** Creates a task by JSON and returns its id. */
  async newTask(task: { title: string; command?: string; queue?: string; description?: string; pty?: boolean; stdin?: string }): Promise<string> {
    const { status, json } = await this.api('POST', '/api/tasks', { command: 'true', ...task })
    if (status !== 201 && status !== 200) throw new Error(`no task was made: ${status} ${JSON.stringify(json)}`)
    return json.item.id
  }

  /** Launches a worker that serves one queue only. */
  async launch(queue: string, concurrency = 1) {
    const { status, json } = await this.api('POST', '/api/workers/launch', { queues: queue, concurrency })
    if (status >= 300) throw new Error(`no worker was launched: ${status} ${JSON.stringify(json)}`)
  }

  /** The state of the task; undefined if it does not exist. */
  async stateOf(id: string): Promise<string | undefined> {
    return (await this.api('GET', `/api/tasks/${id}`)).json.item?.state
  }

  /** A command that waits here stops until the test opens the gate, however slow the machine is. */
  gate(name: string) {
    const file = join(this.data, `gate-${name}`)
    return { wait: `until [ -e '${file}' ]; do sleep 0.05; done`, open: () => writeFileSync(file, '') }
  }
}
