import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../../time/clock.ts'
import { GRACE, type Lease, type Leases } from '../../engine/leases.ts'
import type { Schema } from '../../engine/schema.ts'
import { ClockDrift } from './clock-drift.ts'

const MOST_AT_ONCE = 100

const EXPIRES = sql<number>`beat_at + ttl_ms * ${sql.lit(1 + GRACE)}`

/** A row for each held task: it outlives this process. */
export class RowLeases implements Leases {
  readonly #db: Kysely<Schema>
  readonly #clock: Clock
  readonly #drift: ClockDrift

  constructor(db: Kysely<Schema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#drift = new ClockDrift(clock)
  }

  grant: Leases['grant'] = async ({ db }, { id: task_id, ...lease }) => {
    const row = { ...lease, beat_at: this.#clock.now() }
    await db
      .insertInto('leases')
      .values({ task_id, ...row })
      .onConflict((held) => held.column('task_id').doUpdateSet(row))
      .execute()
  }

  end: Leases['end'] = async ({ db }, { id, fence }) => {
    await db.deleteFrom('leases').where('task_id', '=', id).where('fence', '=', fence).execute()
  }

  /** Not flushed: a crash of the server gives every lease a whole length anyway. */
  async renew({ id, fence }: Lease) {
    const { numAffectedRows = 0n } = await sql`
      with fast as materialized (select set_config('synchronous_commit', 'off', true))
      update leases set beat_at = ${this.#clock.now()} from fast where task_id = ${id} and fence = ${fence}`.execute(this.#db)
    return numAffectedRows > 0n
  }

  async overdue() {
    await this.#catchUp()
    return this.#db
      .selectFrom('leases')
      .select(['task_id as id', 'fence'])
      .where(EXPIRES, '<', this.#clock.now())
      .orderBy('beat_at')
      .limit(MOST_AT_ONCE)
      .execute()
  }

  /** Reading it locks its row, so a beat waits for the end of the change. */
  take: Leases['take'] = async ({ db }, { id, fence }) => {
    const taken = db.selectFrom('leases').select('task_id').where('task_id', '=', id).where('fence', '=', fence).where(EXPIRES, '<', this.#clock.now())
    return (await taken.executeTakeFirst()) !== undefined
  }

  extend(ms: number) {
    this.#drift.pause(ms)
  }

  async resume() {
    await sql`
      insert into leases (task_id, fence, worker_id, ttl_ms, beat_at)
      select id, fence, worker_id, lease_ttl_ms, ${this.#clock.now()}::bigint from tasks
      where state in ('claimed', 'running') and step_count is null and deleted_at is null
      on conflict (task_id) do update set fence = excluded.fence, worker_id = excluded.worker_id, beat_at = excluded.beat_at`.execute(this.#db)
  }

  async #catchUp() {
    const ms = this.#drift.take()
    if (ms === 0) return
    await this.#db
      .updateTable('leases')
      .set({ beat_at: sql`least(${this.#clock.now()}::bigint, beat_at + ${ms}::bigint)` })
      .execute()
  }
}
