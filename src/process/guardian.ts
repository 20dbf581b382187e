import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Lines } from '../client/lines.js'
import { signal } from './sweep.ts'

interface GuardianOptions {
  prefix: readonly string[]
  argv: readonly string[]
  environment: Record<string, string>
  folder: string | undefined
  silenceMs: number
  key: string
  cgroup: string | undefined
  stdin: number | 'ignore'
  stdout: number
  stderr: number
}

const SCRIPT = readFileSync(new URL('guardian.sh', import.meta.url), 'utf8')
const READY_MS = 10_000
const DRAINED_MS = 1000
const LINE_CHARACTERS = 1_048_576
const WAITS = 4

/** The process between this one and a command; `guardian.sh` describes their protocol. */
export class Guardian {
  code: number | undefined
  left: number[] | undefined
  /** Resolves when the guardian has ended and its lines are read. Never rejects. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #child: ChildProcess
  /** Separate from the replies, so that a late beat breaks only its own pipe. */
  readonly #pulse: Writable
  readonly #replies: Readable
  #lastWords = ''
  #isReady = () => {}

  /** Throws if the spawn fails at once; `ready` throws for later failures. */
  constructor({ prefix, argv, environment, folder, silenceMs, key, cgroup, stdin, stdout, stderr }: GuardianOptions) {
    const [file = '', ...args] = [...prefix, 'sh', '-c', SCRIPT, 'telltale', String(silenceMs / 1000 / WAITS), key, cgroup ?? '', ...argv]
    this.#child = spawn(file, args, { cwd: folder, env: environment, stdio: [stdin, stdout, 'pipe', 'pipe', stderr, 'pipe'], detached: true })
    const { 3: pulse, 5: replies } = this.#child.stdio as unknown as Record<number, Readable & Writable>
    this.#pulse = pulse as Writable
    this.#replies = replies as Readable
    this.#pulse?.on('error', () => {}) // the guardian ended between two lines
    eachLine(this.#replies, (line) => this.#hear(line))
    eachLine(this.#child.stderr, (line) => (this.#lastWords = line || this.#lastWords))
    this.exited = new Promise((resolve) => {
      this.#child.once('error', ({ message }) => {
        this.#lastWords = message
        resolve({ code: null, signal: null })
      })
      this.#child.once('exit', async (code, signal) => {
        await Promise.race([this.#drained(), pause(DRAINED_MS)])
        resolve({ code, signal })
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  get lastWords(): string {
    return this.#lastWords || `its guardian ended with ${this.#child.signalCode ?? `exit code ${this.#child.exitCode}`}`
  }

  /** Resolves when the command waits for its first beat. Throws the reason if it cannot. */
  async ready() {
    const ready = new Promise<string>((resolve) => (this.#isReady = () => resolve('')))
    const late = new Promise<string>((resolve) => setTimeout(resolve, READY_MS, `its guardian was not ready within ${READY_MS / 1000} s`).unref())
    const failure = await Promise.race([ready, late, this.exited.then(() => this.lastWords)])
    if (failure) throw new Error(failure)
  }

  say(line: 'beat' | 'end') {
    this.#pulse.write(`${line}\n`)
  }

  close() {
    this.#pulse?.destroy()
    this.#replies?.destroy()
    this.#child.stderr?.destroy()
  }

  async #drained() {
    const sources = [this.#replies, this.#child.stderr].filter((source) => source !== null)
    await Promise.allSettled(sources.map((source) => finished(source)))
  }

  signalGroup(name: NodeJS.Signals) {
    if (this.pid) signal(-this.pid, name)
  }

  #hear(line: string) {
    const [word, ...rest] = line.split(' ')
    if (word === 'ready') this.#isReady()
    if (word === 'ended') this.code = Number(rest[0])
    if (word === 'swept') this.left = rest.map(Number)
  }
}

export const exitCodeOf = (name: NodeJS.Signals) => 128 + constants.signals[name]

function eachLine(stream: Readable | null | undefined, hear: (line: string) => void) {
  const lines = new Lines(LINE_CHARACTERS)
  stream?.on('data', (bytes: Buffer) => {
    for (const line of lines.feed(bytes)) if (line !== null) hear(line)
  })
  stream?.on('error', () => {}) // a broken pipe ends it
}
