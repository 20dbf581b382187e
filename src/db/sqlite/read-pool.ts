import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, SqliteAdapter, SqliteDialect } from 'kysely'
import { TooLong } from '../engine/failure.ts'

const THREAD = new URL('./read-thread.js', import.meta.url)
const MOST = 2
const MOST_WAITING = 50
const MEMORY_MB = 256
/** A thread without work for this long ends. */
const IDLE_MS = 60_000

interface Answer {
  rows?: unknown[]
  error?: { message: string; code: string }
}

/** Connections that read in threads, so that a long query holds up neither the event loop nor other queries. */
export class PoolDialect extends SqliteDialect {
  readonly #parts: ConstructorParameters<typeof ReadPool>

  constructor(...parts: ConstructorParameters<typeof ReadPool>) {
    super({ database: async () => Promise.reject(new Error('the pool opens its own connections')) })
    this.#parts = parts
  }

  override createDriver() {
    return new ReadPool(...this.#parts)
  }

  override createAdapter() {
    return new PoolAdapter()
  }
}

/** By default Kysely uses one connection to SQLite at a time. */
class PoolAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true
  }
}

class ReadPool implements Driver {
  readonly #workerData: { path: string; pragmas: readonly string[] }
  readonly #budgetMs: number
  readonly #free: Thread[] = []
  readonly #waiting: ((thread: Thread) => void)[] = []
  readonly #all = new Set<Thread>()

  constructor(path: string, pragmas: readonly string[], budgetMs: number) {
    this.#workerData = { path, pragmas }
    this.#budgetMs = budgetMs
  }

  async init() {}

  /** Throws TooLong if too many wait already. */
  async acquireConnection(): Promise<Thread> {
    const thread = this.#free.pop() ?? (this.#all.size < MOST ? this.#begin() : undefined)
    if (thread) return thread
    if (this.#waiting.length >= MOST_WAITING) throw new TooLong(this.#budgetMs)
    const { promise, resolve } = Promise.withResolvers<Thread>()
    this.#waiting.push(resolve)
    return promise
  }

  async releaseConnection(thread: Thread) {
    // One that was ended counts until its query has really stopped.
    if (thread.isOver) return void thread.end().then(() => this.#forget(thread))
    const next = this.#waiting.shift()
    if (next) return next(thread)
    this.#free.push(thread)
    thread.endAfter(IDLE_MS, () => this.#forget(thread))
  }

  beginTransaction = (thread: Thread) => thread.executeQuery(CompiledQuery.raw('begin')).then(() => {})
  commitTransaction = (thread: Thread) => thread.executeQuery(CompiledQuery.raw('commit')).then(() => {})

  async rollbackTransaction(thread: Thread) {
    if (!thread.isOver) await thread.executeQuery(CompiledQuery.raw('rollback'))
  }

  async destroy() {
    await Promise.all([...this.#all].map((thread) => thread.end()))
  }

  #begin(): Thread {
    const thread = new Thread(this.#workerData, this.#budgetMs)
    this.#all.add(thread)
    return thread
  }

  #forget(thread: Thread) {
    this.#all.delete(thread)
    const place = this.#free.indexOf(thread)
    if (place !== -1) this.#free.splice(place, 1)
    const next = this.#waiting.shift()
    if (next) next(this.#begin())
  }
}

class Thread implements DatabaseConnection {
  isOver = false
  readonly #worker: Worker
  readonly #budgetMs: number
  #idle: NodeJS.Timeout | undefined

  constructor(workerData: object, budgetMs: number) {
    this.#worker = new Worker(THREAD, { workerData, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
    this.#worker.on('error', () => {}) // the pending query gets the error as well
    this.#budgetMs = budgetMs
  }

  /** Throws TooLong, and ends the thread, if the query takes longer than the budget. */
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    clearTimeout(this.#idle)
    this.#worker.postMessage({ sql, parameters })
    const answer = once(this.#worker, 'message', { signal: AbortSignal.timeout(this.#budgetMs) })
    const [{ rows, error }] = (await answer.catch((reason) => this.#failed(reason))) as [Answer]
    if (error) throw Object.assign(new Error(error.message), { code: error.code })
    return { rows: (rows ?? []) as R[] }
  }

  // biome-ignore lint/correctness/useYield: a row at a time would need a message each
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the pool streams no query')
  }

  endAfter(ms: number, over: () => void) {
    this.#idle = setTimeout(() => {
      over()
      void this.end()
    }, ms).unref()
  }

  async end() {
    this.isOver = true
    clearTimeout(this.#idle)
    await this.#worker.terminate()
  }

  async #failed(reason: Error): Promise<never> {
    this.isOver = true
    throw reason.name === 'AbortError' ? new TooLong(this.#budgetMs) : reason
  }
}
