import { spawn } from 'node:child_process'
import { closeSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Config, inherited } from '../config.ts'
import { openLog } from './worker-log.ts'
import type { Worker } from './workers.ts'

const LAUNCHER = fileURLToPath(new URL('../launch.js', import.meta.url))
const ENDED_POLL_MS = 100

/** A worker's process on this machine. */
export interface WorkerProcess {
  /** False where it has ended. */
  kill(signal: NodeJS.Signals): boolean
  /** Resolves when it has ended, with how, in words that follow "its process". */
  ended: Promise<string>
}

/** Starts the process of a worker whose row is there. */
export function begin(config: Config, { id, name, queues, concurrency }: Worker): WorkerProcess {
  const log = openLog(config, id)
  const flags = { '--id': id, '--name': name, '--data': config.data, '--concurrency': String(concurrency), '--isolate': config.isolate }
  const args = [LAUNCHER, 'worker', ...Object.entries(flags).flat(), ...queues.flatMap((queue) => ['--queue', queue])]
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log], env: inherited })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with exit code ${code}`))
    child.on('error', (error) => resolve(`could not be started: ${error.message}`))
  })
  return { kill: (signal) => child.kill(signal), ended }
}

/** The process of a worker that outlived the server that started it; undefined where it did not. */
export function find(id: string, pid: number | null): WorkerProcess | undefined {
  if (pid === null || !isOurs(id, pid)) return undefined
  return { kill: (signal) => isOurs(id, pid) && send(pid, signal), ended: untilEnded(id, pid) }
}

/** One that is not our child ends without telling us. */
async function untilEnded(id: string, pid: number): Promise<string> {
  while (isOurs(id, pid)) await pause(ENDED_POLL_MS)
  return 'ended'
}

/** True when the pid is still this worker's process, and not another that came after it. */
function isOurs(id: string, pid: number): boolean {
  if (!send(pid, 0)) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`worker\0--id\0${id}\0`)
  } catch {
    return true // no /proc here: the pid is all there is to go by
  }
}

/** True when there was such a process; signal 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
