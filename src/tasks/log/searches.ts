import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { SentRuns } from '../../db/index.ts'
import { perApp } from '../../live/app.ts'
import type { Errors, FirstLines, Found, Wanted } from './search.ts'

const THREAD = new URL('./search-thread.js', import.meta.url)
/** A search of a whole log takes a fraction of this, unless the log was made to be slow. */
const BUDGET_MS = 3_000
const MOST_WAITING = 8
const MOST_MIB = 256
const IDLE_MS = 30_000

interface Job {
  source: string | SentRuns
  wanted?: Wanted
  texts?: readonly string[]
}

/** All searches of logs, one at a time. */
export class LogSearches {
  readonly #budgetMs: number
  #thread: Promise<Worker> | undefined
  #idle: NodeJS.Timeout | undefined
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(budgetMs = BUDGET_MS) {
    this.#budgetMs = budgetMs
  }

  /** Undefined if it takes too long or too much memory, too many wait, or `gone` aborts. */
  find(source: string | SentRuns, wanted: Wanted, gone?: AbortSignal): Promise<Found | undefined> {
    return this.#queue<Found>({ source, wanted }, gone)
  }

  /** Undefined as for `find`. */
  first(source: string | SentRuns, texts: readonly string[]): Promise<FirstLines | undefined> {
    return this.#queue<FirstLines>({ source, texts })
  }

  /** Undefined as for `find`. */
  errors(source: SentRuns): Promise<Errors | undefined> {
    return this.#queue<Errors>({ source })
  }

  /** Whether as many wait as may. */
  get isBusy(): boolean {
    return this.#waiting >= MOST_WAITING
  }

  async stop() {
    clearTimeout(this.#idle)
    const thread = await this.#thread?.catch(() => undefined)
    if (thread) this.#end(thread)
  }

  #queue<T>(job: Job, gone?: AbortSignal): Promise<T | undefined> {
    if (this.isBusy) return Promise.resolve(undefined)
    this.#waiting++
    const found = this.#last.then(() => (gone?.aborted ? undefined : this.#search<T>(job))).finally(() => this.#waiting--)
    this.#last = found.catch(() => {})
    return found
  }

  async #search<T>(job: Job): Promise<T | undefined> {
    clearTimeout(this.#idle)
    this.#thread ??= begin()
    const thread = await this.#thread.catch((error) => {
      this.#thread = undefined
      throw error
    })
    thread.postMessage(job)
    try {
      const [found] = await once(thread, 'message', { signal: AbortSignal.timeout(this.#budgetMs) })
      this.#idle = setTimeout(() => this.#end(thread), IDLE_MS).unref()
      return found as T
    } catch (error) {
      this.#end(thread)
      if (isTooMuch(error)) return undefined
      throw error
    }
  }

  #end(thread: Worker) {
    this.#thread = undefined
    void thread.terminate()
  }
}

export const logSearches = perApp(() => new LogSearches())

const isTooMuch = (error: unknown) => (error as Error).name === 'AbortError' || (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'

async function begin(): Promise<Worker> {
  const thread = new Worker(THREAD, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MOST_MIB } })
  thread.on('error', () => {}) // the pending search gets the error as well
  thread.unref()
  await once(thread, 'message')
  return thread
}
