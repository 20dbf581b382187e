import type { Transaction } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import { invalid } from '../input/problem.ts'

/** People read kinds and programs match on them; what varies belongs in the payload. */
export const MOST_KINDS_OF_A_SENDER = 500
const MOST_REMEMBERED = 10_000

/** What it needs of a `Tx`; a kind is remembered once that is committed. */
interface Change {
  db: Transaction<Schema>
  after(act: () => void): void
}

export class Vocabulary {
  readonly #known = new Set<string>()

  /** Admits the kind inside this change. Throws invalid at the sender's limit. */
  async learn({ db, after }: Change, sender: string, kind: string) {
    const pair = `${sender} ${kind}`
    if (this.#known.has(pair)) return
    const found = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).where('kind', '=', kind).executeTakeFirst()
    if (!found) return this.#add(db, sender, kind)
    after(() => this.#remember(pair))
  }

  /** Forgets the kinds without events, so that their sender may use others. */
  async prune({ db, after }: Change) {
    await db
      .deleteFrom('event_kinds')
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('events').select('events.seq').whereRef('events.kind', '=', 'event_kinds.kind'))))
      .execute()
    // At once for the changes that share this transaction, and later for those that looked before it.
    this.#known.clear()
    after(() => this.#known.clear())
  }

  #remember(pair: string) {
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.add(pair)
  }

  async #add(db: Transaction<Schema>, sender: string, kind: string) {
    const used = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).limit(MOST_KINDS_OF_A_SENDER).execute()
    if (used.length === MOST_KINDS_OF_A_SENDER) {
      const sentence = `This sender has already used ${MOST_KINDS_OF_A_SENDER} kinds, and ${kind} is a new one. Put what varies into the payload.`
      throw invalid(`kind: ${sentence}`, { kind: sentence })
    }
    await db.insertInto('event_kinds').values({ sender, kind }).execute()
  }
}
