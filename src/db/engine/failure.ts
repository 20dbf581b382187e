export type Failure = 'full' | 'busy' | 'broken' | 'away' | 'replaced' | 'refused'

/** A database server that cannot be used, with a sentence that says why. */
export class UnusableServer extends Error {}

/** The database server did not answer. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super(`the database does not respond: ${(cause as Error | null)?.message || String(cause)}`, { cause })
  }
}

/** A query that was ended because it took too long. */
export class TooLong extends Error {
  constructor(budgetMs: number) {
    super(`a query took longer than ${budgetMs / 1000} s and was ended`)
  }
}

const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG']
/** SQLite reports an exceeded quota as a failed write, not as a full disk. */
const FULL = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_TRUNCATE']
const BROKEN_DISK = ['EIO', 'EROFS']
const REFUSED = ['SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE']

/** SQLSTATEs of PostgreSQL. */
const STATES: readonly [Failure, RegExp][] = [
  ['full', /^53100$/],
  ['away', /^(08[0-9A-Z]{3}|57P0\d|53300|25P03|25006)$/],
  // Raised by `log_check`.
  ['replaced', /^TT001$/],
  ['busy', /^(40001|40P01|55P03|57014)$/],
  ['refused', /^(2[123]|42)[0-9A-Z]{3}$/],
  ['broken', /^(58|XX|53)[0-9A-Z]{3}$/],
]

export const isStorageFailure = (error: unknown): boolean => !['refused', 'none'].includes(failureOf(error) ?? 'none')

export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof DatabaseUnavailable) return 'away'
  const code = codeOf(error)
  for (const [failure, pattern] of STATES) if (pattern.test(code)) return failure
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
export const breaksConstraint = (error: unknown): boolean => /^(SQLITE_CONSTRAINT|2[23])/.test(codeOf(error))

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')
