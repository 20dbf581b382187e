import type { Reservations } from '../../db/index.ts'

/** Where one process owns the database. */
export class MemoryReservations implements Reservations {
  readonly #held = new Set<string>()

  async take(key: string) {
    if (this.#held.has(key)) return undefined
    this.#held.add(key)
    return {
      keep: async () => true,
      end: async () => {
        this.#held.delete(key)
      },
    }
  }
}
