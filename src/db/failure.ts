/** What kind of trouble the database is in: no space, no turn, a file that cannot be read or written, or a rule of the schema. */
export type Failure = 'full' | 'busy' | 'broken' | 'refused'

/** Undefined for an error that did not come from the database. */
export function failureOf(error: unknown): Failure | undefined {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (!code.startsWith('SQLITE_')) return undefined
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') return 'full'
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  return code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_ERROR' || code === 'SQLITE_MISMATCH' || code === 'SQLITE_TOOBIG' ? 'refused' : 'broken'
}
