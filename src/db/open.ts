import type { Database, Db, Declared } from './engine/database.ts'
import { openSqlite } from './sqlite/open.ts'

/** Opens or creates a file, or the database at a `postgres://` URL. Throws NewerDatabase before it changes anything. */
export async function openDatabase(place: string, declared: Declared = { migrations: [], counters: [] }): Promise<Database> {
  if (!isUrl(place)) return openSqlite(place, declared)
  // Only those who use it should have to load it.
  const { openPostgres } = await import('./postgres/open.ts')
  return openPostgres(place, declared)
}

/** Makes this the only server on the database at a URL; a file is locked with its folder. Throws UnusableServer. */
export async function lockDatabase(url: string): Promise<{ release(): Promise<void> }> {
  const { lockDatabase } = await import('./postgres/lock.ts')
  return lockDatabase(url)
}

const isUrl = (place: string) => /^postgres(ql)?:\/\//.test(place)

/** Runs `read` in one snapshot, so that all its queries see the same commit. */
export function snapshot<T>(db: Db, read: (db: Db) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}
