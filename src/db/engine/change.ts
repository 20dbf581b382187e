import type { Insertable, Selectable, Transaction } from 'kysely'
import type { EventTable, IdempotencyTable, Schema } from './schema.ts'

export type EventRow = Selectable<EventTable>
export type NewEvent = Omit<Insertable<EventTable>, 'seq'>

/** The answer to keep under an Idempotency-Key; `answer` is read once the seqs are known. */
export type KeptAnswer = Omit<IdempotencyTable, 'seq' | 'answer'> & { answer(): string }

/** How one change writes its events. */
export interface ChangeLog {
  /** In order. On PostgreSQL, which numbers them with the COMMIT, each has a negative stand-in for its seq until then. */
  readonly written: readonly EventRow[]
  append(event: NewEvent): Promise<EventRow>
  keep(answer: KeptAnswer): Promise<void>
}

export type ChangeRun<T> = (db: Transaction<Schema>, log: ChangeLog) => Promise<T>

/** A committed change. */
export interface Committed<T> {
  value: T
  written: readonly EventRow[]
  /** The seq of its last event, or of the newest one before it. */
  seq: number
}
