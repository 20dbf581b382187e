import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const START_MS = 20_000
const STOP_MS = 10_000
const LINK = /(http:\/\/\S+\/in#\S+)/

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where that is not there.
  json: any
}

/** A real server, as a child process on a data folder of its own and a free port. */
export class Server {
  readonly data: string
  readonly workers: number
  signIn = ''
  #port = 0
  #child: ChildProcess | undefined
  #output = ''

  private constructor(data: string, workers: number) {
    this.data = data
    this.workers = workers
  }

  /** Resolves when the server has printed its sign-in link. Without workers, a task stays queued until somebody claims it. */
  static async start({ workers = 0 }: { workers?: number } = {}): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), 'telltale-e2e-')), workers)
    await server.up()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts the process; after a kill, on the same data and port. */
  async up() {
    const args = [LAUNCHER, 'serve', '--port', String(this.#port), '--data', this.data, '--workers', String(this.workers)]
    this.#output = ''
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.signIn = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`the server ${why}:\n${this.#output}`))
      const timer = setTimeout(() => fail('printed no sign-in link'), START_MS)
      const read = (chunk: Buffer) => {
        this.#output += chunk
        const link = LINK.exec(this.#output)?.[1]
        if (!link) return
        clearTimeout(timer)
        resolve(link)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code) => fail(`ended with code ${code}`))
    })
    this.#port = Number(new URL(this.signIn).port)
  }

  /** Kills the process without a word to anyone, or ends it as an operator would. */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL') {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.kill(signal)
    await ended
    clearTimeout(timer)
  }

  async stop() {
    await this.down('SIGTERM')
    rmSync(this.data, { recursive: true, force: true })
  }

  /** Asks over the control socket, as the owner. */
  api(method: string, path: string, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
      const asked = request({ socketPath: join(this.data, 'control.sock'), method, path, headers: { Host: 'telltale', ...headers } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : text }))
      })
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

  /** Creates a task by JSON; answers its id. */
  async newTask(task: { title: string; command?: string; queue?: string; description?: string }): Promise<string> {
    const { status, json } = await this.api('POST', '/api/tasks', { command: 'true', ...task })
    if (status !== 201 && status !== 200) throw new Error(`no task was made: ${status} ${JSON.stringify(json)}`)
    return json.item.id
  }
}
