import type { ChangeRun, Db, EventRow } from '../db/index.ts'
import type { GroupSizes, Listener } from './group.ts'
import { after } from './log.ts'

/** More would wait for the same rows and the same log. */
const MOST_AT_ONCE = 4
const READ_AT_ONCE = 500
const RETRY_MS = 1_000

export interface Mutation<T> {
  value: T
  seq: number
}

/** What a change returns; `seq` is that of an earlier answer, which it repeats. */
export interface Answered<T> {
  value: T
  seq?: number
  after: readonly (() => void)[]
}

interface Parts {
  change: <T>(run: ChangeRun<T>) => Promise<{ value: T; written: readonly EventRow[]; seq: number }>
  db: Db
  hub: Listener
  failed(error: unknown): void
}

/** Runs changes beside each other, each in its own transaction, where the database isolates them. */
export class ConcurrentChanges {
  readonly sizes: GroupSizes = { groups: 0, changes: 0, largest: 0 }
  readonly #parts: Parts
  readonly #tail: Tail
  readonly #waiting: (() => void)[] = []
  #running = 0
  #unanswered = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#tail = new Tail(parts.db, parts.hub)
  }

  /** The number of changes without an answer. */
  get waiting(): number {
    return this.#unanswered
  }

  async add<T>(run: ChangeRun<Answered<T>>): Promise<Mutation<T>> {
    this.#unanswered++
    try {
      const { value, written, seq } = await this.#inTurn(() => this.#parts.change(run))
      this.#count()
      for (const act of value.after) act()
      await this.#tail.reach(written)
      return { value: value.value, seq: value.seq ?? seq }
    } catch (error) {
      this.#parts.failed(error)
      throw error
    } finally {
      this.#unanswered--
    }
  }

  async #inTurn<T>(change: () => Promise<T>): Promise<T> {
    if (this.#running === MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await change()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  #count() {
    this.sizes.groups++
    this.sizes.changes++
    this.sizes.largest = 1
  }
}

/** Tells the hub of every event in order: responses of concurrent transactions may arrive in another order than they committed. */
class Tail {
  readonly #db: Db
  readonly #hub: Listener
  #reading: Promise<number> | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(db: Db, hub: Listener) {
    this.#db = db
    this.#hub = hub
  }

  /** Resolves when the hub has these events, or when the log cannot be read; then it is read again later. */
  async reach(written: readonly EventRow[]) {
    const [first, last] = [written[0]?.seq ?? 0, written.at(-1)?.seq ?? 0]
    while (this.#hub.head < last) {
      if (!this.#reading && first === this.#hub.head + 1) return this.#hub.wake(written)
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined
      })
      try {
        if ((await this.#reading) === 0) return
      } catch {
        this.#retry ??= setTimeout(() => {
          this.#retry = undefined
          void this.reach(written)
        }, RETRY_MS).unref()
        return
      }
    }
  }

  async #read(): Promise<number> {
    const events = await after(this.#db, this.#hub.head, READ_AT_ONCE)
    if (events.length > 0) this.#hub.wake(events)
    return events.length
  }
}
