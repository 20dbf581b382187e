import SQLite from 'better-sqlite3'
import { CompiledQuery, type DatabaseConnection, type QueryResult, SqliteDialect, SqliteDriver } from 'kysely'
import { keepStatements } from './statements.ts'

/** Kysely begins a deferred transaction, which fails with SQLITE_BUSY_SNAPSHOT if it writes after reading. The writer takes the lock first. */
export class WriterDialect extends SqliteDialect {
  readonly #database: SQLite.Database
  constructor(database: SQLite.Database) {
    super({ database })
    this.#database = database
  }
  override createDriver() {
    return new ImmediateDriver(this.#database)
  }
}

/** On a full disk SQLite may roll back by itself: later statements would commit one by one, and ROLLBACK would hide the error. */
class ImmediateDriver extends SqliteDriver {
  readonly #database: SQLite.Database
  #changing = false
  #lastError: unknown

  constructor(database: SQLite.Database) {
    super({ database: keepStatements(database) })
    this.#database = database
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    return {
      executeQuery: (query) => this.#inTurn(() => connection.executeQuery(query)),
      streamQuery: (...query) => connection.streamQuery(...query),
    }
  }

  override async beginTransaction(connection: DatabaseConnection) {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    this.#changing = true
  }

  override async commitTransaction(connection: DatabaseConnection) {
    await super.commitTransaction(connection)
    this.#changing = false
  }

  override async rollbackTransaction(connection: DatabaseConnection) {
    this.#changing = false
    if (this.#database.inTransaction) await super.rollbackTransaction(connection)
  }

  async #inTurn<R>(execute: () => Promise<QueryResult<R>>): Promise<QueryResult<R>> {
    if (this.#changing && !this.#database.inTransaction) throw this.#lastError
    try {
      return await execute()
    } catch (error) {
      this.#lastError = error
      throw error
    }
  }
}

const OLDEST_SQLITE = [3, 51, 3] // older ones can corrupt a WAL that two connections reset at once

/** Of every connection. */
export const PRAGMAS = ['foreign_keys = ON', 'busy_timeout = 5000', 'trusted_schema = OFF', 'cell_size_check = ON', 'mmap_size = 0', 'temp_store = MEMORY']

/** Opens the file with the pragmas that make an acknowledged write durable. */
export function openFile(path: string, { readonly = false } = {}): SQLite.Database {
  const database = new SQLite(path, { readonly })
  if (!readonly) {
    database.pragma('page_size = 4096')
    database.pragma('auto_vacuum = INCREMENTAL')
    const mode = database.pragma('journal_mode = WAL', { simple: true })
    if (mode !== 'wal') throw new Error(`SQLite answered journal mode ${mode}; the data folder must be on a local disk`)
    // better-sqlite3 falls back to NORMAL in WAL mode, which loses acknowledged writes in a power cut.
    database.pragma('synchronous = FULL')
    database.pragma('wal_autocheckpoint = 1000')
    database.pragma('journal_size_limit = 67108864')
    database.pragma('secure_delete = ON') // deleted data must not stay in free pages
  }
  for (const pragma of PRAGMAS) database.pragma(pragma)
  refuseOldLibrary(database)
  return database
}

function refuseOldLibrary(database: SQLite.Database) {
  const version = database.prepare('select sqlite_version()').pluck().get() as string
  const parts = version.split('.').map(Number)
  for (const [i, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[i] ?? 0
    if (part > oldest) return
    if (part < oldest) throw new Error(`SQLite ${version} is too old; ${OLDEST_SQLITE.join('.')} is the oldest that is safe`)
  }
}
