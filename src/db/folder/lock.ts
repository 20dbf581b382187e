import { closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { ownerOnly } from './file-mode.ts'

const PID_BYTES = 20

export class FolderInUse extends Error {
  constructor(folder: string, pid: string) {
    super(`the data folder ${folder} is in use by the server with pid ${pid}`)
  }
}

/** Takes an exclusive SQLite lock, which the kernel drops even after kill -9. Throws FolderInUse. */
export function lockFolder(folder: string): { release(): void } {
  const pidFile = join(folder, 'server.pid')
  const lock = new SQLite(ownerOnly(join(folder, 'lock.db')), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new FolderInUse(folder, pidIn(pidFile))
    throw error
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return { release: () => lock.close() }
}

function pidIn(path: string): string {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const bytes = Buffer.alloc(PID_BYTES)
    return /^\d+/.exec(bytes.toString('latin1', 0, readSync(file, bytes)))?.[0] ?? 'unknown'
  } catch {
    return 'unknown'
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
