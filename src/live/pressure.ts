import { perApp } from './app.ts'

/** Changes that may wait for the one writer. */
const MOST_WAITING = 500
/** The database is asked in this thread: a queue shows itself as a clock that rings late. */
const MOST_LATE_MS = 1_000
const LOOK_MS = 100

/** Whether so much is to be written that who can come back later should. */
class Pressure {
  readonly #waiting: () => number
  #due = performance.now() + LOOK_MS
  #late = 0

  constructor(waiting: () => number) {
    this.#waiting = waiting
    setInterval(() => this.#look(), LOOK_MS).unref()
  }

  get isHigh(): boolean {
    return this.#waiting() > MOST_WAITING || this.#late > MOST_LATE_MS
  }

  #look() {
    const now = performance.now()
    this.#late = now - this.#due
    this.#due = now + LOOK_MS
  }
}

export const pressure = perApp((app) => new Pressure(() => app.mutate.waiting))
