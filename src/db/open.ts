import type { Database, Db, Migration } from './engine/database.ts'
import { openSqlite } from './sqlite/open.ts'

/** Opens or creates the database. Throws NewerDatabase before it changes anything. */
export async function openDatabase(path: string, migrations: readonly Migration[] = []): Promise<Database> {
  return openSqlite(path, migrations)
}

/** Runs `read` in one snapshot, so that all its queries see the same commit. */
export function snapshot<T>(db: Db, read: (db: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(read)
}
