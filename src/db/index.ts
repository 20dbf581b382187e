export { contains } from './contains.ts'
export type { ChangeLog, ChangeRun, EventRow } from './engine/change.ts'
export type { Contacts } from './engine/contacts.ts'
export { type Counter, counted, countedAs, waiting } from './engine/counters.ts'
export { type Database, type Db, type Declared, type Engine, type Migration, NewerDatabase } from './engine/database.ts'
export { breaksConstraint, type Failure, failureOf, isStorageFailure, openingFailureOf, TooLong, UnusableServer } from './engine/failure.ts'
export { GRACE, type Lease, type Leases } from './engine/leases.ts'
export { lockName, SKIP_LOCKED, UNLOCKED } from './engine/locking.ts'
export { type Arrival, type AttemptOutput, linesIn, type Outputs, type Run, type SentRuns, type Stream } from './engine/outputs.ts'
export type { Reservation, Reservations } from './engine/reservations.ts'
export type { Ms, Schema } from './engine/schema.ts'
export type { SlowStatement } from './engine/slowest.ts'
export { lockDatabase, openDatabase, snapshot } from './open.ts'
export { compact, spaceOf } from './space.ts'
export { InsertingLog } from './sqlite/change-log.ts'
export { PATIENCE_MS, write } from './sqlite/write.ts'
export { BROKEN, HELD, OPEN } from './states.ts'
export { endOf, holdsText, INDEXED_FROM } from './text.ts'

/** Rows of a list in keyset order; `next` is the cursor of the next ones, or null. */
export interface Window<Item> {
  items: readonly Item[]
  next: string | null
}
