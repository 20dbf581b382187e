import { perApp } from '../live/app.ts'
import { tooMany } from '../live/problem.ts'

/** As many keys are remembered as a small site has callers, and more; the one that was idle longest goes first. */
const MOST_KEYS = 10_000

/** A token bucket for each key: so many at once (`burst`), and from then on so many a second. */
export class Limit {
  readonly #burst: number
  readonly #perSecond: number
  readonly #now: () => number
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor({ burst, perSecond, now }: { burst: number; perSecond: number; now: () => number }) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Takes one; returns how many seconds to wait where there is none left, and 0 where there was. */
  take(key: string): number {
    const now = this.#now()
    const { left, at } = this.#buckets.get(key) ?? { left: this.#burst, at: now }
    const filled = Math.min(this.#burst, left + ((now - at) / 1000) * this.#perSecond)
    this.#buckets.delete(key)
    this.#buckets.set(key, { left: filled >= 1 ? filled - 1 : filled, at: now })
    if (this.#buckets.size > MOST_KEYS) this.#buckets.delete(this.#buckets.keys().next().value as string)
    return filled >= 1 ? 0 : (1 - filled) / this.#perSecond
  }

  /** The same, but throws rate_limited with `message`. */
  mustAllow(key: string, message: string) {
    const seconds = this.take(key)
    if (seconds > 0) throw tooMany(message, seconds)
  }

  get size(): number {
    return this.#buckets.size
  }
}

/** A burst of writes lasts so long at the usual rate. */
const BURST_S = 5

/** What one caller may ask for in a time; streams are limited where they are opened. */
export const limits = perApp(({ config, clock }) => {
  const now = () => clock.elapsed()
  const writes = config['writes-per-second']
  return {
    /** Wrong codes, by address: 10 a minute. A right one needs none, so nobody keeps anybody else from signing in. */
    wrongCodes: new Limit({ burst: 10, perSecond: 10 / 60, now }),
    /** Changes, by token or session. */
    writes: new Limit({ burst: writes * BURST_S, perSecond: writes, now }),
    /** Reports of a broken content security policy that are logged, from whomever. */
    reports: new Limit({ burst: 5, perSecond: 1 / 10, now }),
  }
})
