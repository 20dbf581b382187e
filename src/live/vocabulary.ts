import type { Transaction } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { invalid } from './problem.ts'

/** Kinds are a vocabulary that people read and programs match on; what varies from event to event is for the payload. */
export const MOST_KINDS_OF_A_SENDER = 500
/** Pairs of sender and kind that need no look at the table. */
const MOST_REMEMBERED = 10_000

/** Which kinds each sender has used. The table `event_kinds` is the truth; this only saves looks at it. */
export class Vocabulary {
  readonly #known = new Set<string>()

  /** Admits the kind inside this transaction. Throws invalid when the sender has used as many as it may. */
  async learn(db: Transaction<Schema>, sender: string, kind: string) {
    const pair = `${sender} ${kind}`
    if (this.#known.has(pair)) return
    const found = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).where('kind', '=', kind).executeTakeFirst()
    if (!found) return this.#add(db, sender, kind)
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.add(pair)
  }

  /** After a rollback, what was learned in between may not be in the table. */
  forget() {
    this.#known.clear()
  }

  /** It is remembered the next time: this transaction may yet be rolled back. */
  async #add(db: Transaction<Schema>, sender: string, kind: string) {
    const used = await db.selectFrom('event_kinds').select('kind').where('sender', '=', sender).limit(MOST_KINDS_OF_A_SENDER).execute()
    if (used.length === MOST_KINDS_OF_A_SENDER) {
      const sentence = `This sender has used ${MOST_KINDS_OF_A_SENDER} kinds already, and ${kind} is a new one. Put what varies into the payload.`
      throw invalid(`kind: ${sentence}`, { kind: sentence })
    }
    await db.insertInto('event_kinds').values({ sender, kind }).execute()
  }
}
