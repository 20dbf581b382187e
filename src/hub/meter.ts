import { type App, perApp } from '../live/app.ts'
import type { Clock } from '../time/clock.ts'

const BAR_S = 5
const BARS = 60
const KEPT_S = BAR_S * (BARS + 1)

export class Meter {
  readonly #clock: Clock
  readonly #begin: number
  readonly #counts = new Array<number>(KEPT_S).fill(0)
  #second: number
  total = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#begin = this.#now()
    this.#second = this.#begin
  }

  add(events: number) {
    this.#advance()
    this.#counts[this.#second % KEPT_S] = this.#at(this.#second) + events
    this.total += events
  }

  get age(): number {
    return this.#now() - this.#begin
  }

  /** Events per second over the last `seconds` whole seconds, or as many as there are; null before the first is over. */
  rate(seconds: number): number | null {
    this.#advance()
    const known = Math.min(seconds, this.#second - this.#begin)
    return known > 0 ? this.#sum(this.#second - known, this.#second) / known : null
  }

  /** Events per second in each 5 s of the last 5 minutes, oldest first; null before the start. The last one is still filling. */
  history(): (number | null)[] {
    this.#advance()
    const last = Math.floor(this.#second / BAR_S)
    return Array.from({ length: BARS }, (_, i) => {
      const from = Math.max((last - BARS + 1 + i) * BAR_S, this.#begin)
      const to = Math.min((last - BARS + 2 + i) * BAR_S, this.#second + 1)
      return to > from ? this.#sum(from, to) / (to - from) : null
    })
  }

  #advance() {
    const now = this.#now()
    for (let past = Math.max(this.#second + 1, now - KEPT_S + 1); past <= now; past++) this.#counts[past % KEPT_S] = 0
    this.#second = now
  }

  #sum(from: number, to: number): number {
    let sum = 0
    for (let second = from; second < to; second++) sum += this.#at(second)
    return sum
  }

  #at(second: number): number {
    return this.#counts[second % KEPT_S] as number
  }

  #now(): number {
    return Math.floor(this.#clock.elapsed() / 1000)
  }
}

export const meter = perApp((app: App) => {
  const meter = new Meter(app.clock)
  app.hub.listen((written) => meter.add(written.length))
  return meter
})
