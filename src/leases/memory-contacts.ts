import type { Contacts } from '../db/index.ts'
import type { Clock } from '../time/clock.ts'

interface Contact {
  at: number
  waiting: number
}

/** Where one process owns the database. Times are on the monotonic clock. */
export class MemoryContacts implements Contacts {
  readonly #heard = new Map<string, Contact>()
  readonly #clock: Pick<Clock, 'elapsed'>

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  note(id: string) {
    this.#of(id).at = this.#clock.elapsed()
  }

  hold(id: string) {
    const contact = this.#of(id)
    contact.waiting++
    return () => {
      contact.waiting--
      contact.at = this.#clock.elapsed()
    }
  }

  async silences(ids: readonly string[]) {
    return new Map(ids.map((id) => [id, this.#silence(id)]))
  }

  async silence(_: unknown, id: string) {
    return this.#silence(id)
  }

  excuse(ms: number) {
    const now = this.#clock.elapsed()
    for (const contact of this.#heard.values()) contact.at = Math.min(now, contact.at + ms)
  }

  #silence(id: string): number {
    const { at, waiting } = this.#of(id)
    return waiting > 0 ? 0 : this.#clock.elapsed() - at
  }

  #of(id: string): Contact {
    const contact = this.#heard.get(id) ?? { at: this.#clock.elapsed(), waiting: 0 }
    this.#heard.set(id, contact)
    return contact
  }
}
