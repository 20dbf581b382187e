import type SQLite from 'better-sqlite3'
import type { SqliteDatabase } from 'kysely'

type Prepared = ReturnType<SqliteDatabase['prepare']>

/** More than the program has queries; lists of many lengths make others. */
const MOST = 512

/** Keeps the latest prepared statements of a connection: to prepare a query takes longer than to run most of them. */
export function keepStatements(database: SQLite.Database): SqliteDatabase {
  const kept = new Map<string, SQLite.Statement>()
  return {
    prepare(sql) {
      // A pragma may take effect when it is prepared.
      if (/^\s*pragma/i.test(sql)) return database.prepare(sql) as unknown as Prepared
      const found = kept.get(sql)
      // One that is being iterated over cannot be run.
      const statement = found && !found.busy ? found : database.prepare(sql)
      kept.delete(sql)
      kept.set(sql, statement)
      if (kept.size > MOST) kept.delete(kept.keys().next().value as string)
      return statement as unknown as Prepared
    },
    close: () => database.close(),
  }
}
