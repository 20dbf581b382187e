import { GRACE, type Lease, type Leases } from '../db/index.ts'
import type { Clock } from '../time/clock.ts'

interface Held extends Lease {
  beatAt: number
}

/** Where one process owns the database. Deadlines are on the monotonic clock, so that wall clock jumps end no lease. */
export class MemoryLeases implements Leases {
  readonly #held = new Map<string, Held>()
  readonly #clock: Pick<Clock, 'elapsed'>

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  grant: Leases['grant'] = async ({ after }, lease) => after(() => this.#set(lease))

  end: Leases['end'] = async ({ after }, { id, fence }) =>
    after(() => {
      if (this.#held.get(id)?.fence === fence) this.#held.delete(id)
    })

  async renew(lease: Lease) {
    this.#set(lease)
  }

  async overdue() {
    const now = this.#clock.elapsed()
    return [...this.#held.values()].filter(({ beatAt, ttl_ms }) => now > beatAt + ttl_ms * (1 + GRACE))
  }

  extend(ms: number) {
    const now = this.#clock.elapsed()
    for (const lease of this.#held.values()) lease.beatAt = Math.min(now, lease.beatAt + ms)
  }

  async resume(held: readonly Lease[]) {
    for (const lease of held) this.#set(lease)
  }

  #set(lease: Lease) {
    this.#held.set(lease.id, { ...lease, beatAt: this.#clock.elapsed() })
  }
}
