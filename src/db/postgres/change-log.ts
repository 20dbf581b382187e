import type { ChangeLog, EventRow, KeptAnswer, NewEvent } from '../engine/change.ts'

export interface Query {
  text: string
  values: readonly unknown[]
}

/** A cause that is negative stands for an event of the same change. */
const APPEND = `
  WITH held AS MATERIALIZED (SELECT log_lock($1)),
  numbered AS MATERIALIZED (
    SELECT nextval('events_seq') AS seq, x.* FROM held, LATERAL (
      SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[])
      WITH ORDINALITY AS u(at, kind, subject, actor, source, source_id, cause, payload, sender, n) ORDER BY n
    ) x
  ),
  stored AS (
    INSERT INTO events (seq, at, kind, subject, actor, source, source_id, cause, payload, sender)
    SELECT seq, at, kind, subject, actor, source, source_id,
      CASE WHEN cause < 0 THEN (SELECT own.seq FROM numbered own WHERE own.n = -numbered.cause) ELSE cause END, payload, sender
    FROM numbered RETURNING seq
  )
  SELECT seq FROM stored ORDER BY seq`

/** With events before it in the same transaction, their last seq; else that of the newest event. */
const KEEP = (seq: string) => `
  INSERT INTO idempotency (principal, key, request_hash, at, answer, seq) VALUES ($1, $2, $3, $4, $5, ${seq})`
const NEWEST = `SELECT coalesce(max(seq), 0) AS seq FROM events`
const CHECKED = `SELECT log_check($1), newest.seq FROM (${NEWEST}) newest`

/** Holds the events back until the end: they are numbered under the lock of the log, which is held for one message only. */
export class PendingLog implements ChangeLog {
  readonly written: EventRow[] = []
  readonly #epoch: string
  #kept: KeptAnswer | undefined
  #isNumbered = false

  constructor(epoch: string) {
    this.#epoch = epoch
  }

  get isNumbered(): boolean {
    return this.#isNumbered
  }

  get last(): number {
    return this.written.at(-1)?.seq ?? 0
  }

  async append(event: NewEvent): Promise<EventRow> {
    const { at, kind, subject, actor, source = 'local', source_id, cause, payload, sender = null } = event
    const row = { seq: -(this.written.length + 1), at, kind, subject, actor, source, source_id, cause: cause ?? null, payload, sender }
    this.written.push(row as EventRow)
    return row as EventRow
  }

  async keep(answer: KeptAnswer) {
    this.#kept = answer
  }

  /** The answer names the seqs of these events, so they are needed before it is stored. */
  get isAnswered(): boolean {
    return this.#kept !== undefined && this.written.some(({ source_id }) => source_id !== null)
  }

  get appending(): Query[] {
    if (this.written.length === 0) return []
    const column = <K extends keyof EventRow>(name: K) => this.written.map((event) => event[name])
    const names = ['at', 'kind', 'subject', 'actor', 'source', 'source_id', 'cause', 'payload', 'sender'] as const
    return [{ text: APPEND, values: [this.#epoch, ...names.map(column)] }]
  }

  get keeping(): Query[] {
    if (!this.#kept) return []
    const { principal, key, request_hash, at, answer } = this.#kept
    const seq = this.written.length > 0 ? `currval('events_seq')` : `(${NEWEST})`
    return [{ text: KEEP(seq), values: [principal, key, request_hash, at, answer()] }]
  }

  get asking(): Query[] {
    return this.written.length > 0 ? [] : [{ text: CHECKED, values: [this.#epoch] }]
  }

  /** Replaces the stand-ins. */
  number(seqs: readonly number[]) {
    this.#isNumbered = true
    for (const [i, event] of this.written.entries()) event.seq = seqs[i] as number
    for (const event of this.written) if (event.cause !== null && event.cause < 0) event.cause = seqs[-event.cause - 1] as number
  }
}
