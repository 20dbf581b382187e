import type { Transaction } from 'kysely'
import type { ChangeLog, EventRow, KeptAnswer, NewEvent } from '../engine/change.ts'
import type { Schema } from '../engine/schema.ts'

/** Inserts each event at once, as SQLite has one writer. */
export class InsertingLog implements ChangeLog {
  readonly written: EventRow[] = []
  readonly #db: Transaction<Schema>
  readonly #head: number

  /** `head`: the seq of the newest event before this change. */
  constructor(db: Transaction<Schema>, head: number) {
    this.#db = db
    this.#head = head
  }

  get seq(): number {
    return this.written.at(-1)?.seq ?? this.#head
  }

  async append(event: NewEvent): Promise<EventRow> {
    const row = await this.#db.insertInto('events').values(event).returningAll().executeTakeFirstOrThrow()
    this.written.push(row)
    return row
  }

  async keep({ answer, ...record }: KeptAnswer) {
    await this.#db
      .insertInto('idempotency')
      .values({ ...record, seq: this.seq, answer: answer() })
      .execute()
  }
}
