import type { Kysely } from 'kysely'
import type { Clock } from '../../time/clock.ts'
import type { ChangeRun, Committed } from './change.ts'
import type { Contacts } from './contacts.ts'
import type { Counter } from './counters.ts'
import type { Leases } from './leases.ts'
import type { Outputs } from './outputs.ts'
import type { Reservations } from './reservations.ts'
import type { Schema } from './schema.ts'
import type { Slowest } from './slowest.ts'

export type Db = Kysely<Schema>

/** What stores the data. `missing`: what it lacks, as sentences that say what follows from that. */
export interface Engine {
  name: string
  version: string
  missing: readonly string[]
}

export interface Database {
  engine: Engine
  /** Whether other servers may use it as well; a file belongs to one. */
  isShared: boolean
  slowest: Slowest
  reader: Db
  /** Reads that may take long, such as a search: they hold up nothing else. On SQLite one is ended after 10 s with TooLong. */
  pool: Db
  writer: Db
  /** Runs a change in a transaction of its own, beside others; again if they conflict. Absent on SQLite, which has one writer. */
  change?<T>(run: ChangeRun<T>): Promise<Committed<T>>
  /** Leases as rows. Absent on SQLite, where one process owns the file and keeps them. */
  leases?(clock: Clock): Leases
  /** Contacts as rows, absent on SQLite as leases are. */
  contacts?(clock: Clock): Contacts
  /** Reserved keys as rows, absent on SQLite as leases are. */
  reservations?(clock: Clock): Reservations
  /** Output as rows. Absent on SQLite, beside which it is in files. */
  outputs?: Outputs
  /** Empties the write-ahead log, where deleted data stays readable; false while another reader or writer blocks it. */
  checkpoint(): boolean
  close(): Promise<void>
}

/** What the slices declare of the database. */
export interface Declared {
  migrations: readonly Migration[]
  counters: readonly Counter[]
}

/** What a slice adds to the schema. A name is never used again for something else. */
export interface Migration {
  name: string
  sql: ByEngine
}

/** SQL for each engine. */
export interface ByEngine {
  sqlite: string
  postgres: string
}

/** The database was written by a newer program. */
export class NewerDatabase extends Error {
  constructor(found: number, known: number) {
    super(`the database is at version ${found} and this program knows ${known}: install a newer telltale`)
  }
}
