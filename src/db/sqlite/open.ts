import { existsSync } from 'node:fs'
import { Kysely, type LogEvent, SqliteDialect } from 'kysely'
import type { Database, Declared } from '../engine/database.ts'
import type { Schema } from '../engine/schema.ts'
import { Slowest } from '../engine/slowest.ts'
import { ownerOnly } from '../folder/file-mode.ts'
import { installCounters } from './counters.ts'
import { openFile, PRAGMAS, WriterDialect } from './dialect.ts'
import { migrate, migrateSlices, refuseNewer } from './migrate.ts'
import { PoolDialect } from './read-pool.ts'
import { keepStatements } from './statements.ts'

/** How long a query of the pool may take. */
const BUDGET_MS = 10_000

/** Opens or creates the database. Throws NewerDatabase before it changes anything. */
export function openSqlite(path: string, { migrations, counters }: Declared): Database {
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
  migrateSlices(file, migrations)
  installCounters(file, counters)
  assertDurable(file)
  neverWait(file)
  const view = openFile(path, { readonly: true })
  neverWait(view)
  const slowest = new Slowest()
  const log = ({ query, queryDurationMillis }: LogEvent) => slowest.note(query.sql, queryDurationMillis)
  const writer = new Kysely<Schema>({ dialect: new WriterDialect(file), log })
  const reader = new Kysely<Schema>({ dialect: new SqliteDialect({ database: keepStatements(view) }), log })
  const pool = new Kysely<Schema>({ dialect: new PoolDialect(path, PRAGMAS, BUDGET_MS), log })
  return {
    engine: { name: 'SQLite', version: file.prepare('select sqlite_version()').pluck().get() as string, missing: [] },
    isShared: false,
    slowest,
    reader,
    pool,
    writer,
    checkpoint: () => checkpoint(file),
    async close() {
      await Promise.all([reader.destroy(), pool.destroy()])
      checkpoint(file)
      await writer.destroy()
      // Kysely closes only connections that it has used.
      for (const handle of [view, file]) if (handle.open) handle.close()
    },
  }
}

function checkpoint(file: ReturnType<typeof openFile>): boolean {
  try {
    return file.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0
  } catch (error) {
    if (!String((error as { code?: string }).code).match(/^SQLITE_(LOCKED|BUSY)/)) throw error
    return false
  }
}

/** SQLite would block the event loop while it waits; `write.ts` waits instead. */
function neverWait(file: ReturnType<typeof openFile>) {
  file.pragma('busy_timeout = 0')
}

/** Checked after a write, because the pragma reports the old value until then. */
function assertDurable(file: ReturnType<typeof openFile>) {
  file.prepare("insert into meta values ('opened_at', ?) on conflict do update set value = excluded.value").run(String(Date.now()))
  const level = file.pragma('synchronous', { simple: true })
  if (level !== 2) throw new Error(`SQLite runs with synchronous=${level}; an acknowledged write could be lost`)
}
