import { z } from 'zod'
import type { AttemptOutput } from '../../db/index.ts'
import { type App, perApp } from '../../live/app.ts'
import { output } from '../log/output.ts'
import { type Errors, errorsIn } from '../log/search.ts'
import { logSearches } from '../log/searches.ts'

const PART_BYTES = 1_048_576
/** As much is counted at once; more goes to the thread of searches. */
const SMALL_BYTES = 8_192
/** However many pages ask, the output of an attempt is read no more often than this while it grows. */
const READ_MS = 500
/** The newest are shown; a viewer steps through no more. */
export const MOST_ERRORS = 1_000
const MOST_KEPT = 200

export const ErrorLines = z.object({
  /** Of the lines that begin an error, not of its stack; at most the newest 1,000. */
  numbers: z.array(z.int()),
  /** The end of what was read may have grown: ask again in a moment. */
  more: z.boolean(),
})
export type ErrorLines = z.infer<typeof ErrorLines>

interface Count extends Errors {
  size: number
  readAt: number | undefined
  reading: Promise<void> | undefined
}

/** The errors in the output of attempts. Each output is read once, from where it was last read, for all pages that show it. */
class AllErrorLines {
  /** How many bytes have been read. */
  read = 0
  readonly #app: App
  readonly #counts = new Map<string, Count>()

  constructor(app: App) {
    this.#app = app
  }

  async of(task: string, attempt: number): Promise<ErrorLines> {
    const log = await output(this.#app).log(task, attempt)
    const count = this.#countOf(`${task}/${attempt}`, log)
    const { clock } = this.#app
    const isDue = count.readAt === undefined || clock.elapsed() - count.readAt >= READ_MS
    if (count.size < log.size && (count.reading || isDue)) {
      count.reading ??= this.#update(count, log).finally(() => {
        count.reading = undefined
        count.readAt = clock.elapsed()
      })
      await count.reading
    }
    return { numbers: count.numbers.filter((number) => number >= log.firstLine), more: count.size < log.size }
  }

  #countOf(key: string, log: AttemptOutput): Count {
    const kept = this.#counts.get(key)
    const count = kept && kept.size <= log.size ? kept : { numbers: [], next: log.start, line: log.firstLine, size: 0, readAt: undefined, reading: undefined }
    this.#counts.delete(key)
    this.#counts.set(key, count)
    if (this.#counts.size > MOST_KEPT) this.#counts.delete(this.#counts.keys().next().value as string)
    return count
  }

  /** Stops early if too many searches wait. */
  async #update(count: Count, log: AttemptOutput) {
    const { size } = log
    while (count.size < size) {
      // The beginning may have been dropped meanwhile.
      const start = Math.max(log.start, count.next)
      const firstLine = count.next < log.start ? log.firstLine : count.line
      const runs = await log.read(start, PART_BYTES)
      const last = runs.at(-1)
      const end = last ? last.offset + last.bytes.length : size
      this.read += end - start
      const part = { firstLine, runs }
      const errors = end - start <= SMALL_BYTES ? errorsIn(part) : await logSearches(this.#app).errors(part)
      if (!errors) return
      // An incomplete line is read again, unless it is longer than a part.
      const isLong = errors.next === start && end - start >= PART_BYTES
      count.numbers = [...count.numbers.filter((number) => number < firstLine), ...errors.numbers].slice(-MOST_ERRORS)
      count.next = isLong || runs.length === 0 ? end : errors.next
      count.line = errors.line
      count.size = end
    }
  }
}

export const errorLines = perApp((app) => new AllErrorLines(app))
