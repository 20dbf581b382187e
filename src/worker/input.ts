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
export async function feed(link: Link, { path, hold }: Lease, { input, hide }: Command, signal: AbortSignal): Promise<void> {
  const passed = new Set<string>()
  let [taken, closed, tries]: [string[], string[], number] = [[], [], 0]

  async function ask(waitMs: number, timeoutMs: number, until: AbortSignal | undefined) {
    const report = { taken, closed, ...(input.size && { size: input.size }) }
    const { body } = await link.post<Feed>(`${path}/stdin`, { ...hold, ...report, wait_s: waitMs / 1000 }, { timeoutMs, ...(until && { signal: until }) })
    ;[taken, closed, tries] = [[], [], 0]
    return body
  }

  /** An item that comes again was passed on, but the report of it was lost. */
  function pass({ id, data, secret }: Feed['items'][number]) {
    const bytes = Buffer.from(data, 'base64')
    if (secret) hide([bytes.toString().replace(/[\r\n]$/, '')])
    const isTaken = passed.has(id) || input.write(bytes)
    if (isTaken) passed.add(id)
    ;(isTaken ? taken : closed).push(id)
  }

  while (!signal.aborted) {
    try {
      const { items, size } = await ask(WAIT_MS, WAIT_MS + PATIENCE_MS, signal)
      if (size) input.resize(size)
      for (const item of items) pass(item)
    } catch (error) {
      if (!signal.aborted && !isPassing(error)) return // the lease's own beats see what is wrong
      await pause(pauseMs(tries++, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {})
    }
  }
  if (taken.length + closed.length > 0) await ask(0, LAST_WORD_MS, undefined).catch(() => {})
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
