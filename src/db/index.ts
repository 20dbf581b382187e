export { contains } from './contains.ts'
export { counted, waiting } from './engine/counters.ts'
export { type Database, type Db, type Engine, type Migration, NewerDatabase } from './engine/database.ts'
export { breaksConstraint, type Failure, failureOf, isStorageFailure, openingFailureOf } from './engine/failure.ts'
export { GRACE, type Lease, type Leases } from './engine/leases.ts'
export type { Ms, Schema } from './engine/schema.ts'
export type { SlowStatement } from './engine/slowest.ts'
export { openDatabase, snapshot } from './open.ts'
export { compact, spaceOf } from './sqlite/space.ts'
export { holdsText } from './sqlite/text.ts'
export { PATIENCE_MS, write } from './sqlite/write.ts'
export { HELD, OPEN } from './states.ts'

/** Rows of a list in keyset order; `next` is the cursor of the next ones, or null. */
export interface Window<Item> {
  items: readonly Item[]
  next: string | null
}
