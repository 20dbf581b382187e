import { CompiledQuery, type Transaction } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import { type Database, PATIENCE_MS, write } from '../db/index.ts'
import type { Clock } from '../time/clock.ts'
import type { LoggedEvent } from './log.ts'

/** The first of a group waits for the last, so a group is short; many small changes fit. */
const LONGEST_MS = 10
const MOST = 256

const [SAVE, UNDO, FREE] = ['savepoint one_change', 'rollback to one_change', 'release one_change'].map((text) => CompiledQuery.raw(text)) as [
  CompiledQuery,
  CompiledQuery,
  CompiledQuery,
]

/** What a change leaves to be done once it is committed. */
export interface Made<T> {
  answer: T
  written: readonly LoggedEvent[]
  after: readonly (() => void)[]
}

/** Runs one change; `head` is the seq of the newest event before it. */
export type Run<T> = (db: Transaction<Schema>, head: number) => Promise<Made<T>>

interface Waiting {
  run: Run<unknown>
  /** Monotonic, from when it came: all changes behind one lock fail together. */
  deadline: number
  resolve(answer: unknown): void
  reject(error: unknown): void
}

interface Member extends Waiting {
  made?: Made<unknown>
  error?: unknown
}

export interface Listener {
  readonly head: number
  /** Hears of each commit, in order. */
  wake(written: readonly LoggedEvent[]): void
}

export interface GroupSizes {
  groups: number
  changes: number
  largest: number
}

interface Parts {
  database: Database
  hub: Listener
  clock: Clock
  /** Called as soon as a change is undone, before the next one runs. */
  failed(error: unknown): void
}

/**
 * Group commit: the changes that wait share one transaction, each in a savepoint of its own, in the order in which they
 * came. One that throws is undone alone; a COMMIT that fails fails them all. Answers and the hub follow the COMMIT.
 */
export class GroupCommit {
  readonly sizes: GroupSizes = { groups: 0, changes: 0, largest: 0 }
  readonly #parts: Parts
  readonly #waiting: Waiting[] = []
  #unanswered = 0
  #isWorking = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The number of changes without an answer. */
  get waiting(): number {
    return this.#unanswered
  }

  add<T>(run: Run<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.push({ run, deadline: performance.now() + PATIENCE_MS, resolve: resolve as (answer: unknown) => void, reject })
    this.#unanswered++
    if (!this.#isWorking) void this.#work()
    return promise.finally(() => this.#unanswered--)
  }

  async #work() {
    this.#isWorking = true
    while (this.#waiting.length > 0) {
      // What has arrived by now joins, and between two groups everything else has its turn.
      await new Promise(setImmediate)
      await this.#commit().catch(this.#parts.failed)
    }
    this.#isWorking = false
  }

  async #commit() {
    const group: Member[] = []
    try {
      await write(this.#parts.database.writer, (db) => this.#runInto(group, db), this.#waiting[0]?.deadline ?? 0)
    } catch (error) {
      this.#parts.failed(error)
      for (const { reject } of group.length > 0 ? group : this.#takeOverdue()) reject(error)
      return
    }
    this.#count(group.length)
    try {
      this.#announce(group.flatMap(({ made }) => made ?? []))
    } finally {
      for (const { resolve, reject, made, error } of group) made ? resolve(made.answer) : reject(error)
    }
  }

  async #runInto(group: Member[], db: Transaction<Schema>) {
    const since = this.#parts.clock.elapsed()
    let { head } = this.#parts.hub
    do {
      const one: Member = this.#waiting.shift() as Waiting
      group.push(one)
      await this.#runAlone(one, db, head)
      head = one.made?.written.at(-1)?.seq ?? head
    } while (this.#waiting.length > 0 && group.length < MOST && this.#parts.clock.elapsed() - since < LONGEST_MS)
  }

  /** A change that throws is undone. Throws if SQLite has undone the whole transaction. */
  async #runAlone(one: Member, db: Transaction<Schema>, head: number) {
    await db.executeQuery(SAVE)
    try {
      one.made = await one.run(db, head)
    } catch (error) {
      one.error = error
      this.#parts.failed(error)
      await db.executeQuery(UNDO)
    }
    await db.executeQuery(FREE)
  }

  #announce(made: readonly Made<unknown>[]) {
    for (const act of made.flatMap(({ after }) => after)) act()
    const written = made.flatMap((one) => one.written)
    if (written.length > 0) this.#parts.hub.wake(written)
  }

  #takeOverdue(): Waiting[] {
    const now = performance.now()
    const first = this.#waiting.findIndex(({ deadline }) => deadline > now)
    return this.#waiting.splice(0, first === -1 ? this.#waiting.length : Math.max(1, first))
  }

  #count(size: number) {
    this.sizes.groups++
    this.sizes.changes += size
    this.sizes.largest = Math.max(this.sizes.largest, size)
  }
}
