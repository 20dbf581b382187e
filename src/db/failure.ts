/** What kind of trouble the disk or the database is in: no space, no turn, a file that cannot be read or written, or a rule of the schema. */
export type Failure = 'full' | 'busy' | 'broken' | 'refused'

/** The system's codes for a full disk, quota, or file size limit. */
const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG']
/** SQLite's codes; for a failed write it does not tell a quota from a full disk. */
const FULL = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_TRUNCATE']
const BROKEN_DISK = ['EIO', 'EROFS']
const REFUSED = ['SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE']

/** Whether the database or the disk, and not the change, is why it could not be written. */
export const isStorageFailure = (error: unknown): boolean => !['refused', 'none'].includes(failureOf(error) ?? 'none')

/** Undefined for an error that came neither from the database nor from a disk. */
export function failureOf(error: unknown): Failure | undefined {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (NO_SPACE.includes(code) || FULL.includes(code)) return 'full'
  if (BROKEN_DISK.includes(code)) return 'broken'
  if (!code.startsWith('SQLITE_')) return undefined
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  return code.startsWith('SQLITE_CONSTRAINT') || REFUSED.includes(code) ? 'refused' : 'broken'
}
