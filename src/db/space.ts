import { sql, type Transaction } from 'kysely'
import { isPostgres } from './engine/by-engine.ts'
import type { Db } from './engine/database.ts'
import type { Schema } from './engine/schema.ts'

interface Space {
  bytes: number
  free_bytes: number
}

export async function spaceOf(db: Db): Promise<Space> {
  if (isPostgres(db)) {
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db)
    return { bytes: rows[0]?.bytes ?? 0, free_bytes: 0 }
  }
  const read = sql<{ pages: number; free: number; size: number }>`
    select page_count as pages, freelist_count as free, page_size as size from pragma_page_count(), pragma_freelist_count(), pragma_page_size()`
  const { pages = 0, free = 0, size = 0 } = (await read.execute(db)).rows[0] ?? {}
  return { bytes: pages * size, free_bytes: free * size }
}

/** Returns up to `pages` free pages of SQLite to the disk: the pragma frees one per run. PostgreSQL uses its free pages again. */
export async function compact(db: Transaction<Schema>, pages: number) {
  for (let i = 0; i < pages; i++) await sql`pragma incremental_vacuum(1)`.execute(db)
}
