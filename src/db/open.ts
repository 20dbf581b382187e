import { existsSync } from 'node:fs'
import { Kysely, SqliteDialect } from 'kysely'
import { openFile, WriterDialect } from './dialect.ts'
import { ownerOnly } from './file-mode.ts'
import { migrate, refuseNewer } from './migrate.ts'
import type { Schema } from './schema.ts'

/** What every question is asked of. It is opened read-only: a slice that tries to write through it fails. */
export type Db = Kysely<Schema>

export interface Database {
  reader: Db
  /** Belongs to `live/mutate.ts` alone. */
  writer: Db
  /** Empties the write-ahead log, in which what was deleted would stay readable; false where a reader or a change is in the way. */
  checkpoint(): boolean
  close(): Promise<void>
}

/** Opens or creates the database. Throws NewerDatabase before it changes a byte. */
export function openDatabase(path: string): Database {
  if (existsSync(path)) {
    const found = openFile(path, { readonly: true })
    try {
      refuseNewer(found)
    } finally {
      found.close()
    }
  }
  const file = openFile(ownerOnly(path))
  migrate(file)
  assertDurable(file)
  neverWait(file)
  const view = openFile(path, { readonly: true })
  neverWait(view)
  const writer = new Kysely<Schema>({ dialect: new WriterDialect(file) })
  const reader = new Kysely<Schema>({ dialect: new SqliteDialect({ database: view }) })
  return {
    reader,
    writer,
    checkpoint: () => checkpoint(file),
    async close() {
      await reader.destroy()
      checkpoint(file)
      await writer.destroy()
      // Kysely closes only what it was asked a question of.
      for (const handle of [view, file]) if (handle.open) handle.close()
    },
  }
}

/** Where that cannot be done now, the next start reads the write-ahead log, and nothing is lost. */
function checkpoint(file: ReturnType<typeof openFile>): boolean {
  try {
    return file.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0
  } catch (error) {
    if (!String((error as { code?: string }).code).match(/^SQLITE_(LOCKED|BUSY)/)) throw error
    return false
  }
}

/** Runs `read` on one snapshot: every query inside sees the same commit. */
export function snapshot<T>(db: Db, read: (db: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(read)
}

/** SQLite waits synchronously, which would block the event loop; `write.ts` waits instead. */
function neverWait(file: ReturnType<typeof openFile>) {
  file.pragma('busy_timeout = 0')
}

/** The pragma tells the truth only after a write: asked earlier, it still names the setting it is about to drop. */
function assertDurable(file: ReturnType<typeof openFile>) {
  file.prepare("insert into meta values ('opened_at', ?) on conflict do update set value = excluded.value").run(String(Date.now()))
  const level = file.pragma('synchronous', { simple: true })
  if (level !== 2) throw new Error(`SQLite runs with synchronous=${level}; an acknowledged write could be lost`)
}
