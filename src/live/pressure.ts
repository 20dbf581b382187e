import { perApp } from './app.ts'

const MOST_WAITING = 500
/** Queries run in this thread, so a backlog of them shows as a late timer. */
const MOST_LATE_MS = 1_000
const LOOK_MS = 100

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
