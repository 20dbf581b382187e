import type { Ms } from '../../db/index.ts'
import { type App, perApp } from '../../live/app.ts'
import { output } from '../log/output.ts'
import { logSearches } from '../log/searches.ts'
import { matching, type TaskFilter } from '../search/filter.ts'
import type { Searched } from '../search/searched.ts'
import { newestOf } from '../tasks.ts'
import { WINDOW_SIZE } from '../words.ts'
import { excerpt } from './excerpt.ts'

/** Enough for hundreds of megabytes, and not too long for a page. */
const BUDGET_MS = 2_000
const AT_ONCE = 100
const COUNTED = 10_000
const MOST_KEPT = 100

interface Kept {
  search: Promise<Searched>
  isOver: boolean
}

/**
 * Searches the output of the tasks that the rest of a filter selects, newest first. A list that updates itself repeats
 * no search: it shows the tasks found when its page was asked for, however many events come, and says when that was.
 */
export class LogScans {
  /** How many searches have been made. */
  made = 0
  readonly #app: App
  readonly #budgetMs: number
  readonly #kept = new Map<string, Kept>()

  constructor(app: App, budgetMs = BUDGET_MS) {
    this.#app = app
    this.#budgetMs = budgetMs
  }

  /** A new search, or one that is under way. */
  search(filter: TaskFilter): Promise<Searched> {
    const kept = this.#kept.get(keyOf(filter))
    return kept && !kept.isOver ? kept.search : this.#begin(filter)
  }

  /** The last search of this filter, or the first. */
  last(filter: TaskFilter): Promise<Searched> {
    return this.#kept.get(keyOf(filter))?.search ?? this.#begin(filter)
  }

  #begin(filter: TaskFilter): Promise<Searched> {
    this.made++
    const key = keyOf(filter)
    const kept: Kept = { search: this.#scan(filter), isOver: false }
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value as string)
    const over = () => {
      kept.isOver = true
    }
    kept.search.then(over, () => this.#kept.get(key) === kept && this.#kept.delete(key))
    return kept.search
  }

  async #scan(filter: TaskFilter): Promise<Searched> {
    const { clock } = this.#app
    const [at, end] = [clock.now(), clock.elapsed() + this.#budgetMs]
    const tasks = this.#tasks(filter, at)
    const looked = { at: new Date(at).toISOString(), tasks: 0, ...(await this.#count(filter, at)), unread: 0, is_busy: logSearches(this.#app).isBusy }
    const searched = { ids: [] as string[], lines: new Map<string, { attempt: number; text: string }>(), looked, next: null as string | null }
    if (looked.is_busy) return searched
    for await (const task of tasks) {
      // One at least, or a search that goes on would not.
      const isOver = looked.tasks > 0 && (clock.elapsed() >= end || logSearches(this.#app).isBusy)
      if (isOver || searched.ids.length >= (filter.limit ?? WINDOW_SIZE)) return searched
      const { fits, line, unread } = await this.#lookIn(task, filter)
      looked.tasks++
      looked.unread += unread
      searched.next = task.id
      if (fits) searched.ids.push(task.id)
      if (fits && line) searched.lines.set(task.id, line)
    }
    return { ...searched, next: null }
  }

  async *#tasks(filter: TaskFilter, now: Ms) {
    for (let before = await this.#end(filter); ; ) {
      const { pool } = this.#app.database
      const query = matching(pool, withoutLogs(filter), now).where('number', '<', before)
      const tasks = await query.select(['number', 'id', 'attempt']).orderBy('number', 'desc').limit(AT_ONCE).execute()
      yield* tasks
      const last = tasks.at(-1)
      if (!last || tasks.length < AT_ONCE) return
      before = last.number
    }
  }

  async #count(filter: TaskFilter, now: Ms): Promise<{ of: number; capped: boolean }> {
    const query = matching(this.#app.database.pool, withoutLogs(filter), now).where('number', '<', await this.#end(filter))
    const { length } = await query
      .select('number')
      .limit(COUNTED + 1)
      .execute()
    return { of: Math.min(length, COUNTED), capped: length > COUNTED }
  }

  async #end(filter: TaskFilter): Promise<number> {
    const newest = await newestOf(this.#app.database.pool, filter)
    return newest === undefined ? Number.MAX_SAFE_INTEGER : newest + 1
  }

  /** Whether all texts that are wanted are in the output of its attempts, newest first, and no other. */
  async #lookIn({ id, attempt: newest }: { id: string; attempt: number }, { terms }: TaskFilter) {
    const logs = terms.filter(({ name }) => name === 'log').map(({ value, isExcluded }) => ({ text: value.toLowerCase(), isExcluded, isFound: false }))
    let line: { attempt: number; text: string } | undefined
    let unread = 0
    for (let attempt = newest; attempt > 0 && logs.some(({ isFound }) => !isFound); attempt--) {
      const texts = logs.map(({ text }) => text)
      const found = await logSearches(this.#app).first(await output(this.#app).source(id, attempt), texts)
      if (!found) unread++
      for (const [i, log] of logs.entries()) {
        const text = found?.[i]
        if (typeof text !== 'string') continue
        log.isFound = true
        if (!log.isExcluded) line ??= { attempt, text: excerpt(text, log.text) ?? text }
      }
    }
    return { fits: logs.every(({ isExcluded, isFound }) => isExcluded !== isFound), line, unread }
  }
}

export const logScans = perApp((app) => new LogScans(app))

/** A pipeline prints nothing: its steps do. */
const withoutLogs = (filter: TaskFilter): TaskFilter => ({ ...filter, steps: true, terms: filter.terms.filter(({ name }) => name !== 'log') })
const keyOf = ({ state, q, before, zone, limit }: TaskFilter) => JSON.stringify([state, q, before, zone, limit])
