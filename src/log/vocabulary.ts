import type { Transaction } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import { invalid } from '../input/problem.ts'

/** People read kinds and programs match on them; what varies belongs in the payload. */
export const MOST_KINDS_OF_A_SENDER = 500
const MOST_REMEMBERED = 10_000

export class Vocabulary {
  readonly #known = new Set<string>()

  /** Admits the kind inside this transaction. Throws invalid at the sender's limit. */
  async learn(db: Transaction<Schema>, sender: string, kind: string) {
    const pair = `${sender} ${kind}`
    if (this.#known.has(pair)) return
    const found = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).where('kind', '=', kind).executeTakeFirst()
    if (!found) return this.#add(db, sender, kind)
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.add(pair)
  }

  /** Forgets the kinds without events, so that their sender may use others. */
  async prune(db: Transaction<Schema>) {
    await db
      .deleteFrom('event_kinds')
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('events').select('events.seq').whereRef('events.kind', '=', 'event_kinds.kind'))))
      .execute()
    this.forget()
  }

  /** After a rollback, what was learned meanwhile may not be in the table. */
  forget() {
    this.#known.clear()
  }

  /** Not cached yet, since this transaction may be rolled back. */
  async #add(db: Transaction<Schema>, sender: string, kind: string) {
    const used = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).limit(MOST_KINDS_OF_A_SENDER).execute()
    if (used.length === MOST_KINDS_OF_A_SENDER) {
      const sentence = `This sender has already used ${MOST_KINDS_OF_A_SENDER} kinds, and ${kind} is a new one. Put what varies into the payload.`
      throw invalid(`kind: ${sentence}`, { kind: sentence })
    }
    await db.insertInto('event_kinds').values({ sender, kind }).execute()
  }
}
