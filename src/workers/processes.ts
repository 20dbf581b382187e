import { execFileSync, spawn } from 'node:child_process'
import { closeSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Config, inherited, startedIn } from '../config/config.ts'
import { openLog } from './worker-log.ts'
import type { Worker } from './workers.ts'

const LAUNCHER = fileURLToPath(new URL('../launch.js', import.meta.url))
const ENDED_POLL_MS = 100
const ORPHANED_LEASES = 1.25

export interface WorkerProcess {
  kill(signal: NodeJS.Signals): boolean
  /** A clause that follows "its process". */
  ended: Promise<string>
}

/** Runs in the data folder, as the server's working directory may be removed. */
export function begin(config: Config, worker: Worker): WorkerProcess {
  const log = openLog(config, worker.id)
  const args = [LAUNCHER, 'worker', ...flagsOf(config, worker)]
  const child = spawn(process.execPath, args, { cwd: config.data, detached: true, stdio: ['ignore', log, log], env: inherited })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with exit code ${code}`))
    child.on('error', (error) => resolve(`could not be started: ${error.message}`))
  })
  return { kill: (signal) => child.kill(signal), ended }
}

/** As `--name=value`, so that a value with a leading dash is not read as a flag. */
function flagsOf(config: Config, { id, name, queues, concurrency }: Worker): string[] {
  const flags = {
    id,
    name,
    data: config.data,
    concurrency,
    isolate: config.isolate,
    folder: startedIn,
    'patience-ms': config['lease-ms'] * ORPHANED_LEASES,
  }
  return [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), ...queues.map((queue) => `--queue=${queue}`)]
}

export function find(config: Config, id: string, pid: number | null): WorkerProcess | undefined {
  if (pid === null || !isOurs(config, id, pid)) return undefined
  return { kill: (signal) => isOurs(config, id, pid) && send(pid, signal), ended: untilEnded(config, id, pid) }
}

/** Polled, because it is not our child. */
async function untilEnded(config: Config, id: string, pid: number): Promise<string> {
  while (isOurs(config, id, pid)) await pause(ENDED_POLL_MS)
  return 'ended'
}

/** Whether the pid is still this worker: its working directory is the data folder, compared by inode, as that may have been renamed. */
function isOurs({ data }: Config, id: string, pid: number): boolean {
  if (!send(pid, 0)) return false
  try {
    if (process.platform !== 'linux') return isCalled(pid, [`worker --id=${id} `, ` --data=${data} `])
    const [its, ours] = [statSync(`/proc/${pid}/cwd`), statSync(data)]
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0worker\0--id=${id}\0`) && its.ino === ours.ino && its.dev === ours.dev
  } catch {
    return false // it ended, or belongs to another account
  }
}

function isCalled(pid: number, parts: readonly string[]): boolean {
  const line = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  return parts.every((part) => line.includes(part))
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
