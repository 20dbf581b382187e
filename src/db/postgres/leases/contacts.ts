import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../../time/clock.ts'
import type { Contacts } from '../../engine/contacts.ts'
import type { Schema } from '../../engine/schema.ts'
import { ClockDrift } from './clock-drift.ts'

/** The row of a worker is written at most this often, and about as late. */
const WRITE_MS = 2_000

interface Contact {
  at: number
  writtenAt: number
  waiting: number
}

/**
 * A row for each worker, so that other servers know what this one heard. What the row does not say yet can only spare a
 * worker; it never makes one silent.
 */
export class RowContacts implements Contacts {
  readonly #heard = new Map<string, Contact>()
  readonly #db: Kysely<Schema>
  readonly #clock: Clock
  readonly #drift: ClockDrift

  constructor(db: Kysely<Schema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#drift = new ClockDrift(clock)
  }

  note(id: string) {
    this.#of(id).at = this.#clock.now()
  }

  hold(id: string) {
    const contact = this.#of(id)
    contact.waiting++
    return () => {
      contact.waiting--
      contact.at = this.#clock.now()
    }
  }

  async silences(ids: readonly string[]) {
    await this.#catchUp()
    await this.#write()
    const rows = await this.#rows(this.#db, ids).execute()
    const known = new Map(rows.map(({ worker_id, heard_at }) => [worker_id, heard_at]))
    return new Map(ids.map((id) => [id, this.#silence(id, known.get(id))]))
  }

  async silence(change: Kysely<Schema>, id: string) {
    return this.#silence(id, (await this.#rows(change, [id]).executeTakeFirst())?.heard_at)
  }

  excuse(ms: number) {
    this.#drift.pause(ms)
    this.#moveUp(ms)
  }

  #rows = (db: Kysely<Schema>, ids: readonly string[]) => db.selectFrom('contacts').selectAll().where('worker_id', 'in', ids)

  #silence(id: string, written: number | undefined): number {
    if (written === undefined) this.#of(id)
    const { at = 0, waiting = 0 } = this.#heard.get(id) ?? {}
    return waiting > 0 ? 0 : Math.max(0, this.#clock.now() - Math.max(at, written ?? 0))
  }

  async #catchUp() {
    const ms = this.#drift.take()
    if (ms === 0) return
    this.#moveUp(ms)
    await this.#db
      .updateTable('contacts')
      .set({ heard_at: sql`least(${this.#clock.now()}::bigint, heard_at + ${ms}::bigint)` })
      .execute()
  }

  #moveUp(ms: number) {
    const now = this.#clock.now()
    for (const contact of this.#heard.values()) {
      contact.at = Math.min(now, contact.at + ms)
      contact.writtenAt = Math.min(now, contact.writtenAt)
    }
  }

  /** Not flushed: a crash of the server makes every worker as good as heard anyway. */
  async #write() {
    const now = this.#clock.now()
    const due = [...this.#heard].filter(([, { at, writtenAt, waiting }]) => (waiting > 0 || at > writtenAt) && now - writtenAt >= WRITE_MS)
    if (due.length === 0) return
    const heard = due.map(([id, { at, waiting }]) => ({ id, at: waiting > 0 ? now : at }))
    await sql`
      with fast as materialized (select set_config('synchronous_commit', 'off', true))
      insert into contacts (worker_id, heard_at)
      select workers.id, heard.at from fast, unnest(${heard.map(({ id }) => id)}::text[], ${heard.map(({ at }) => at)}::bigint[]) as heard (id, at)
      join workers on workers.id = heard.id order by workers.number
      on conflict (worker_id) do update set heard_at = greatest(contacts.heard_at, excluded.heard_at)`.execute(this.#db)
    for (const [i, [, contact]] of due.entries()) contact.writtenAt = heard[i]?.at ?? now
  }

  #of(id: string): Contact {
    const contact = this.#heard.get(id) ?? { at: this.#clock.now(), writtenAt: 0, waiting: 0 }
    this.#heard.set(id, contact)
    return contact
  }
}
