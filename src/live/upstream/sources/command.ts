import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { inherited } from '../../../config.ts'
import { Lines } from '../../lines.ts'
import type { CommandUpstream } from '../config-file.ts'
import { eachLine } from './ndjson.ts'
import { type Arrival, type Reading, Refusal } from './source.ts'

/** How long its processes may take to go when they are asked to, and then how long we look whether they are gone. */
const GRACE_MS = 2_000
const KILLED_MS = 500
const POLL_MS = 20
const LAST_WORDS_CHARACTERS = 500

/** What a command prints, a JSON object a line. It has a process group of its own, which ends when the reading does. */
export async function* command({ name, argv, folder }: CommandUpstream, { signal }: Reading): AsyncGenerator<Arrival[]> {
  const [file = '', ...args] = argv
  const child = spawn(file, args, { cwd: folder, detached: true, env: inherited, stdio: ['ignore', 'pipe', 'pipe'] })
  const { stdout, stderr } = child
  const exited = new Promise((resolve) => child.once('exit', (code, killer) => resolve(killer ? `was killed by ${killer}` : `ended with exit code ${code}`)))
  const said = lastLine(stderr)
  await once(child, 'spawn').catch((error) => {
    throw new Refusal(`it cannot be started: ${error.code ?? error.message}`)
  })
  const leave = () => stdout.destroy() // a process that left the group may hold it open for ever
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) return
    yield []
    yield* eachLine(stdout, name)
    await Promise.race([exited, pause(GRACE_MS)])
  } finally {
    signal.removeEventListener('abort', leave)
    await endGroup(child)
  }
  throw new Error(`it ${await exited}${said() && `: ${said()}`}`)
}

/** Asks the whole group to end, then makes it. Takes `GRACE_MS` and a little at most. */
async function endGroup({ pid }: ChildProcess) {
  if (pid === undefined) return
  if (!(await isGone(pid, 'SIGTERM', GRACE_MS))) await isGone(pid, 'SIGKILL', KILLED_MS)
}

async function isGone(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  for (let isThere = send(pid, signal); isThere; isThere = send(pid, 0)) {
    if (performance.now() > deadline) return false
    await pause(POLL_MS)
  }
  return true
}

/** True when there was anybody in the group; signal 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

function lastLine(stream: Readable): () => string {
  const lines = new Lines(LAST_WORDS_CHARACTERS)
  let last = ''
  stream.on('data', (bytes) => {
    last = lines.feed(bytes).findLast((line) => line?.trim()) ?? last
  })
  return () => last
}
