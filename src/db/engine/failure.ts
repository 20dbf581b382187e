export type Failure = 'full' | 'busy' | 'broken' | 'refused'

const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG']
/** SQLite reports an exceeded quota as a failed write, not as a full disk. */
const FULL = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_TRUNCATE']
const BROKEN_DISK = ['EIO', 'EROFS']
const REFUSED = ['SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE']

export const isStorageFailure = (error: unknown): boolean => !['refused', 'none'].includes(failureOf(error) ?? 'none')

export function failureOf(error: unknown): Failure | undefined {
  const code = codeOf(error)
  if (NO_SPACE.includes(code) || FULL.includes(code)) return 'full'
  if (BROKEN_DISK.includes(code)) return 'broken'
  if (!code.startsWith('SQLITE_')) return undefined
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  return code.startsWith('SQLITE_CONSTRAINT') || REFUSED.includes(code) ? 'refused' : 'broken'
}

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'SQLITE_CANTOPEN', 'SQLITE_READONLY']
const OUT_OF_SPACE = ['ENOSPC', 'SQLITE_FULL']
const DAMAGED = ['SQLITE_NOTADB', 'SQLITE_CORRUPT']

/** Why a data folder cannot be opened; undefined for any other error. */
export function openingFailureOf(error: unknown): 'unwritable' | 'full' | 'damaged' | undefined {
  const code = codeOf(error)
  if (UNWRITABLE.includes(code)) return 'unwritable'
  if (OUT_OF_SPACE.includes(code)) return 'full'
  return DAMAGED.includes(code) ? 'damaged' : undefined
}

/** True if the database can never hold such a row. */
export const breaksConstraint = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_CONSTRAINT')

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')
