import { chmodSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs'
import { UsageError } from '../config/config.ts'

const WRITABLE_BY_OTHERS = 0o022

/** Creates the data folder, or accepts a safe one. Returns true if it was created. Throws UsageError. */
export function makeDataFolder(folder: string): boolean {
  const facts = statSync(folder, { throwIfNoEntry: false })
  if (!facts) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return true
  }
  refuseUnsafe(folder, facts)
  chmodSync(folder, 0o700)
  return false
}

/** Whoever can write here can replace the database and the task types. An empty folder of ours is safe once its mode is set. */
function refuseUnsafe(folder: string, facts: Stats) {
  const { uid, mode } = facts
  if (!facts.isDirectory()) throw new UsageError(`${folder} is not a folder`)
  if (process.getuid && uid !== process.getuid()) throw new UsageError(`the data folder ${folder} belongs to another user; choose another with --data`)
  if ((mode & WRITABLE_BY_OTHERS) === 0 || readdirSync(folder).length === 0) return
  throw new UsageError(`others can write to the data folder ${folder}; check its contents, then run: chmod 700 ${folder}`)
}
