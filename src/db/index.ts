export { contains } from './contains.ts'
export { counted, waiting } from './counters.ts'
export { breaksConstraint, type Failure, failureOf, isStorageFailure, openingFailureOf } from './failure.ts'
export type { Migration } from './migrate.ts'
export type { Database, Db } from './open.ts'
export { openDatabase, snapshot } from './open.ts'
export type { Ms, Schema } from './schema.ts'
export { compact, spaceOf } from './space.ts'
export { HELD, OPEN } from './states.ts'
export { holdsText } from './text.ts'
export { PATIENCE_MS, write } from './write.ts'

/** Rows of a list in keyset order; `next` is the cursor of the next ones, or null. */
export interface Window<Item> {
  items: readonly Item[]
  next: string | null
}
