import { execFile } from 'node:child_process'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'
import { probe } from '../process/isolate.ts'
import { TERMINAL } from '../process/tree.ts'
import { SERVER_ZONE } from '../time/zone.ts'

const GIB = 1024 ** 3
const PATIENCE_MS = 10_000

/** What of this computer Telltale needs, and how it is there: a name and its words. */
export async function machine(data: string): Promise<[string, string][]> {
  return [
    ['node', `${process.version.slice(1)} for ${process.platform} on ${process.arch}`],
    ['data', await folder(data)],
    ['kills', (await probe()).words],
    ['terminal', await terminal()],
    ['shell', await access('/bin/sh', constants.X_OK).then(() => '/bin/sh', reason)],
    ['time zone', SERVER_ZONE],
  ]
}

async function folder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return `${path} does not exist; the first start creates it`
  const { bavail, bsize } = await statfs(path)
  const room = `${((bavail * bsize) / GIB).toFixed(1)} GiB free`
  return access(path, constants.W_OK).then(
    () => `${path}, ${room}`,
    () => `${path} cannot be written by this account`,
  )
}

/** Runs a command in a terminal, as for a task with `pty`. */
async function terminal(): Promise<string> {
  const [file, ...args] = TERMINAL
  return promisify(execFile)(file, [...args, 'true'], { timeout: PATIENCE_MS }).then(() => 'works, for commands that ask', reason)
}

const reason = (error: Error) => `does not work: ${error.message.split('\n')[0]}`
