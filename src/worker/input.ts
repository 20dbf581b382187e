import { setTimeout as pause } from 'node:timers/promises'
import { isPassing } from '../client/wire.js'
import type { CommandInput, Size } from '../process/command-input.ts'
import type { Lease } from './lease.ts'
import { type Link, pauseMs } from './link.ts'

const WAIT_MS = 30_000
const PATIENCE_MS = 10_000
const LAST_WORD_MS = 2_000
const LONGEST_PAUSE_MS = 2_000

interface Feed {
  items: readonly { id: string; data: string; secret: boolean }[]
  size?: Size
}

interface Command {
  input: CommandInput
  hide(secrets: readonly string[]): void
}

/** Passes input from the server to the command until `signal`. What was passed on is reported with the next request, and once more at the end. */
export async function feed(link: Link, lease: Lease, command: Command, signal: AbortSignal): Promise<void> {
  const feeder = new Feeder(link, lease, command)
  for (let tries = 0; !signal.aborted; ) {
    try {
      await feeder.turn(signal)
      tries = 0
    } catch (error) {
      if (!signal.aborted && !isPassing(error)) return // the lease's own beats see what is wrong
      await pause(pauseMs(tries++, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {})
    }
  }
  await feeder.end()
}

class Feeder {
  readonly #ask: (report: object, options: { timeoutMs: number; signal?: AbortSignal }) => Promise<Feed>
  readonly #command: Command
  readonly #passed = new Set<string>()
  #taken: string[] = []
  #closed: string[] = []

  constructor(link: Link, { path, hold }: Lease, command: Command) {
    this.#ask = async (report, options) => (await link.post<Feed>(`${path}/stdin`, { ...hold, ...report }, options)).body
    this.#command = command
  }

  async turn(signal: AbortSignal) {
    const { input } = this.#command
    const report = { taken: this.#taken, closed: this.#closed, wait_s: WAIT_MS / 1000, ...(input.size && { size: input.size }) }
    const { items, size } = await this.#ask(report, { timeoutMs: WAIT_MS + PATIENCE_MS, signal })
    ;[this.#taken, this.#closed] = [[], []]
    if (size) input.resize(size)
    for (const item of items) this.#pass(item)
  }

  async end() {
    const [taken, closed] = [this.#taken, this.#closed]
    if (taken.length + closed.length > 0) await this.#ask({ taken, closed }, { timeoutMs: LAST_WORD_MS }).catch(() => {})
  }

  /** An item that comes again was passed on, but the report of it was lost. */
  #pass({ id, data, secret }: Feed['items'][number]) {
    const bytes = Buffer.from(data, 'base64')
    if (secret) this.#command.hide([bytes.toString().replace(/[\r\n]$/, '')])
    const isTaken = this.#passed.has(id) || this.#command.input.write(bytes)
    if (isTaken) this.#passed.add(id)
    ;(isTaken ? this.#taken : this.#closed).push(id)
  }
}

const QUIET_MS = 2_000
const [CR, LF] = [0x0d, 0x0a]

/** Calls `asks` when a command prints the beginning of a line and then nothing for 2 s, and `goesOn` when it prints again. */
export class PromptWatch {
  readonly #told: { asks(): void; goesOn(): void }
  #timer: NodeJS.Timeout | undefined
  #isAsking = false

  constructor(told: { asks(): void; goesOn(): void }) {
    this.#told = told
  }

  printed(bytes: Buffer) {
    this.stop()
    if (this.#isAsking) this.#told.goesOn()
    this.#isAsking = false
    if (bytes.at(-1) === LF || bytes.at(-1) === CR) return
    this.#timer = setTimeout(() => {
      this.#isAsking = true
      this.#told.asks()
    }, QUIET_MS).unref()
  }

  stop() {
    clearTimeout(this.#timer)
  }
}
