import { GRACE, type Lease, type Leases } from '../db/index.ts'
import type { Clock } from '../time/clock.ts'

interface Held extends Lease {
  beatAt: number
  /** By a change that ends it, unless that change fails. */
  isTaken: boolean
}

/** Where one process owns the database. Deadlines are on the monotonic clock, so that wall clock jumps end no lease. */
export class MemoryLeases implements Leases {
  readonly #held = new Map<string, Held>()
  readonly #clock: Pick<Clock, 'elapsed'>

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  /** A sign of life counts at once, even if its change fails: the next change may be about to take the lease. */
  grant: Leases['grant'] = async ({ after }, lease) => {
    if (!this.#note(lease)) after(() => this.#set(lease))
  }

  end: Leases['end'] = async ({ after }, { id, fence }) =>
    after(() => {
      if (this.#held.get(id)?.fence === fence) this.#held.delete(id)
    })

  async renew(lease: Lease) {
    return this.#note(lease)
  }

  async overdue() {
    return [...this.#held.values()].filter((held) => this.#isOver(held))
  }

  take: Leases['take'] = async (_, { id, fence }) => {
    const held = this.#held.get(id)
    if (held?.fence !== fence || !this.#isOver(held)) return false
    held.isTaken = true
    return true
  }

  extend(ms: number) {
    const now = this.#clock.elapsed()
    for (const lease of this.#held.values()) lease.beatAt = Math.min(now, lease.beatAt + ms)
  }

  async resume(held: readonly Lease[]) {
    for (const lease of held) this.#set(lease)
  }

  #note({ id, fence }: Lease): boolean {
    const held = this.#held.get(id)
    if (held?.fence !== fence || held.isTaken) return false
    held.beatAt = this.#clock.elapsed()
    return true
  }

  #set(lease: Lease) {
    this.#held.set(lease.id, { ...lease, beatAt: this.#clock.elapsed(), isTaken: false })
  }

  #isOver({ beatAt, ttl_ms }: Held): boolean {
    return this.#clock.elapsed() > beatAt + ttl_ms * (1 + GRACE)
  }
}
