import { tooMany } from '../input/problem.ts'
import { perApp } from '../live/app.ts'

/** More callers than a small site has; the key that was idle longest is dropped first. */
const MOST_KEYS = 10_000

/** A token bucket per key: `burst` at once, then `perSecond`. */
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

  take(key: string): number {
    const now = this.#now()
    const { left, at } = this.#buckets.get(key) ?? { left: this.#burst, at: now }
    const filled = Math.min(this.#burst, left + ((now - at) / 1000) * this.#perSecond)
    this.#buckets.delete(key)
    this.#buckets.set(key, { left: filled >= 1 ? filled - 1 : filled, at: now })
    if (this.#buckets.size > MOST_KEYS) this.#buckets.delete(this.#buckets.keys().next().value as string)
    return filled >= 1 ? 0 : (1 - filled) / this.#perSecond
  }

  mustAllow(key: string, message: string) {
    const seconds = this.take(key)
    if (seconds > 0) throw tooMany(message, seconds)
  }

  get size(): number {
    return this.#buckets.size
  }
}

/** The size of a burst of writes, in seconds at the normal rate. */
const BURST_S = 5

export const limits = perApp(({ config, clock }) => {
  const now = () => clock.elapsed()
  const writes = config['writes-per-second']
  return {
    /** Wrong codes, by address. Correct ones are never limited, so nobody can lock others out. */
    wrongCodes: new Limit({ burst: 10, perSecond: 10 / 60, now }),
    writes: new Limit({ burst: writes * BURST_S, perSecond: writes, now }),
    /** Logged CSP reports, from all senders together. */
    reports: new Limit({ burst: 5, perSecond: 1 / 10, now }),
  }
})
