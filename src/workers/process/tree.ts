import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Isolation } from './isolate.ts'

/** A command with everything that it starts. */
export interface Tree {
  pid: number | undefined
  stdout: Readable
  stderr: Readable
  /** Settles when the command has ended and nothing of it is left. Never rejects. */
  ended: Promise<Ending>
  /** Whether the command has ended, as far as this process has heard; what it left behind may still be swept. */
  over(): boolean
  /** A beat was acknowledged: the first one starts the command, each further one keeps it alive for `silenceMs`. */
  beat(): void
  /** Asks it to end: TERM to its process group. */
  terminate(): void
  /** Ends it: every process, whatever it ignores and however it detached itself. */
  kill(): void
}

export interface Ending {
  /** As a shell says it: 128 + n when a signal n killed the command. */
  exitCode: number
  signal?: NodeJS.Signals
}

export interface TreeOptions {
  argv: readonly string[]
  environment: Record<string, string>
  /** How long the tree may live without a beat, were the worker itself frozen or dead. */
  silenceMs: number
}

const GUARDIAN = readFileSync(new URL('guardian.sh', import.meta.url), 'utf8')
const NOT_STARTED = 127
/** The guardian measures its patience in so many waits. */
const WAITS = 4
/** A straggler that forks while it is looked for is found in the next round. */
const SWEEP_ROUND_MS = 20
const SWEEP_ROUNDS = 100

/** Starts the guardian of the command; the command itself waits for the first beat. */
export function plant({ kind, prefix }: Isolation, { argv, environment, silenceMs }: TreeOptions): Tree {
  const key = randomBytes(16).toString('hex')
  const [file = '', ...args] = [...prefix, 'sh', '-c', GUARDIAN, 'telltale', String(silenceMs / 1000 / WAITS), key, ...argv]
  const child = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true })
  const pulse = child.stdio[3] as Writable
  pulse.on('error', () => {}) // it ended between two beats
  async function end(): Promise<Ending> {
    const ending = await exit(child)
    pulse.destroy()
    if (kind === 'marker') await killMarked(child, key)
    return ending
  }
  return {
    pid: child.pid,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    ended: end(),
    over: () => child.exitCode !== null || child.signalCode !== null,
    beat: () => void pulse.write('beat\n'),
    terminate: () => signalGroup(child, 'SIGTERM'),
    kill() {
      signalGroup(child, 'SIGKILL') // with unshare dies the namespace; what left the group without one is swept at its end
    },
  }
}

function exit(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? { exitCode: 128 + constants.signals[signal], signal } : { exitCode: code ?? NOT_STARTED }))
    child.once('error', () => resolve({ exitCode: NOT_STARTED }))
  })
}

/** Kills what is left of the group, and what carries `key` in its environment, until nothing does. */
async function killMarked(child: ChildProcess, key: string) {
  signalGroup(child, 'SIGKILL')
  for (let round = 0; round < SWEEP_ROUNDS; round++) {
    const left = marked(key)
    if (left.length === 0) return
    for (const pid of left) signal(pid, 'SIGKILL')
    await pause(SWEEP_ROUND_MS)
  }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals) {
  if (pid) signal(-pid, name)
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name)
  } catch {
    // It went by itself.
  }
}

/** Only Linux shows environments in this way; elsewhere the group is all that is found. */
function marked(key: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(key))
    .map(Number)
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return '' // it ended, or belongs to another account
  }
}
