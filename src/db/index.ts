export { type Failure, failureOf } from './failure.ts'
export type { Database, Db } from './open.ts'
export { openDatabase, snapshot } from './open.ts'
export type { Ms, Schema } from './schema.ts'
