import { chmodSync, closeSync, openSync } from 'node:fs'

/** Makes a database file private before SQLite opens it; `-wal` and `-shm` inherit the mode. The umask stays as it is, because tasks inherit it. */
export function ownerOnly(path: string): string {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // By path: closing a descriptor of a file that SQLite has open would drop its locks.
    for (const file of [path, `${path}-wal`, `${path}-shm`]) restrict(file)
  }
  return path
}

function restrict(path: string) {
  try {
    chmodSync(path, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
