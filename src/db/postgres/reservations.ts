import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../time/clock.ts'
import type { Reservations } from '../engine/reservations.ts'
import type { Schema } from '../engine/schema.ts'

/** From the last change of the holder; longer than any change takes. After a crash, the key is free once this has passed. */
const HELD_MS = 60_000

/** A row for each key that is reserved, by any server. */
export class RowReservations implements Reservations {
  readonly #db: Kysely<Schema>
  readonly #clock: Clock

  constructor(db: Kysely<Schema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async take(key: string) {
    const now = this.#clock.now()
    const holder = randomUUID()
    const reserved = { holder, until: now + HELD_MS }
    const taken = await this.#db
      .insertInto('reservations')
      .values({ key, ...reserved })
      .onConflict((held) => held.column('key').doUpdateSet(reserved).where('reservations.until', '<', now))
      .returning('key')
      .executeTakeFirst()
    await this.#forget(now)
    return taken && { keep: this.#keeper(key, holder), end: () => this.#end(key, holder) }
  }

  #keeper =
    (key: string, holder: string) =>
    async ({ db }: { db: Kysely<Schema> }) => {
      const until = this.#clock.now() + HELD_MS
      const { numUpdatedRows } = await db
        .updateTable('reservations')
        .set({ until: sql`greatest(until, ${until}::bigint)` })
        .where('key', '=', key)
        .where('holder', '=', holder)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    }

  async #end(key: string, holder: string) {
    await this.#db.deleteFrom('reservations').where('key', '=', key).where('holder', '=', holder).execute()
  }

  /** What crashed servers left. */
  async #forget(now: number) {
    await this.#db.deleteFrom('reservations').where('until', '<', now).execute()
  }
}
