import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CommandInput } from './command-input.ts'
import { exitCodeOf, Guardian } from './guardian.ts'
import { type Isolation, removeCgroup } from './isolate.ts'
import { type Pipes, pipes } from './pipes.ts'
import type { Stdin } from './stdin.ts'
import { descendants, type Left, marked, named, sweep } from './sweep.ts'

export interface Tree {
  pid: number | undefined
  stdout: Readable
  stderr: Readable
  /** What the command reads, if it was given an input. */
  input: CommandInput | undefined
  /** Resolves when the command has ended and everything that this account can kill is dead. Never rejects. */
  ended: Promise<Ending>
  over(): boolean
  /** Reports an acknowledged beat: the first starts the command, later ones keep it alive for `silenceMs`. */
  beat(): void
  terminate(): void
  kill(): void
}

export interface Ending {
  exitCode: number
  signal?: NodeJS.Signals
  failure?: string
  left: readonly Left[]
}

export interface TreeOptions {
  argv: readonly string[]
  environment: Record<string, string>
  folder?: string | undefined
  /** Default: none. */
  stdin?: Stdin | undefined
  /** How long the tree may live without a beat, if this process is frozen or dead; 0 for no limit. */
  silenceMs: number
}

export class StartFailure extends Error {
  constructor(cause: unknown) {
    super(`it could not be started: ${(cause as Error).message}`, { cause })
  }
}

const NOT_STARTED = 127
/** The program that gives a command its terminal. */
export const TERMINAL = [process.execPath, fileURLToPath(new URL('terminal.ts', import.meta.url))] as const
/** A guardian that has not ended by then is frozen, or waits for a process of another account. */
const OBEYED_MS = 500

export async function plant(isolation: Isolation, options: TreeOptions): Promise<Tree> {
  const key = randomBytes(16).toString('hex')
  const cgroup = isolation.cgroup && join(isolation.cgroup, `telltale-${key}`)
  let ends: Pipes = { out: [], in: undefined }
  let guardian: Guardian | undefined
  try {
    if (cgroup) mkdirSync(cgroup)
    ends = await pipes(`telltale-${key}`, { hasInput: (options.stdin ?? 'none') !== 'none' })
    guardian = start(isolation, options, { key, cgroup, ends })
    await guardian.ready()
    const input = ends.in && new CommandInput(ends.in.write, { isTerminal: options.stdin === 'pty' })
    const tree = grow(guardian, ends, { key, cgroup, isolation })
    void tree.ended.then(() => ends.in?.write.destroy())
    return { ...tree, input }
  } catch (error) {
    guardian?.close()
    guardian?.signalGroup('SIGKILL')
    for (const { read } of ends.out) read.destroy()
    ends.in?.write.destroy()
    if (cgroup) removeCgroup(cgroup)
    throw new StartFailure(error)
  }
}

interface Roots {
  key: string
  cgroup: string | undefined
}

function start({ prefix }: Isolation, { argv, environment, folder, stdin, silenceMs }: TreeOptions, { key, cgroup, ends }: Roots & { ends: Pipes }) {
  const [stdout, stderr] = ends.out.map(({ write }) => write) as [number, number]
  const command = stdin === 'pty' ? [...TERMINAL, ...argv] : argv
  try {
    return new Guardian({ prefix, argv: command, environment, folder, silenceMs, key, cgroup, stdin: ends.in?.read ?? 'ignore', stdout, stderr })
  } finally {
    for (const { closeWriter } of ends.out) closeWriter()
    ends.in?.closeReader()
  }
}

function grow(guardian: Guardian, ends: Pipes, { key, cgroup, isolation }: Roots & { isolation: Isolation }): Omit<Tree, 'input'> {
  const [stdout, stderr] = ends.out.map(({ read }) => read) as [Readable, Readable]
  let orphans: number[] = [] // those of a guardian that had to be killed itself
  let isKilled = false
  const isWhole = isolation.kind === 'namespace' // everything dies with the guardian, in the kernel

  async function kill() {
    if (isKilled) return
    isKilled = true
    if (!isWhole) {
      guardian.say('end')
      await Promise.race([guardian.exited, pause(OBEYED_MS)])
      if (guardian.isOver) return
      orphans = descendants(guardian.pid as number)
    }
    guardian.signalGroup('SIGKILL')
  }

  async function end(): Promise<Ending> {
    const { code, signal: killer } = await guardian.exited
    guardian.close()
    const left = isWhole ? [] : await swept()
    if (cgroup) removeCgroup(cgroup)
    if (guardian.code !== undefined) return { exitCode: guardian.code, left }
    if (killer) return { exitCode: exitCodeOf(killer), signal: killer, left }
    return { exitCode: code ?? NOT_STARTED, failure: guardian.lastWords, left }
  }

  /** A guardian that is a subreaper has killed them all; otherwise they are searched for here. */
  async function swept(): Promise<readonly Left[]> {
    if (guardian.left && isolation.prefix.length > 0) return named(guardian.left)
    return sweep(() => [...marked(key), ...named([...orphans, ...(guardian.left ?? [])]).map(({ pid }) => pid)])
  }

  return {
    pid: guardian.pid,
    stdout,
    stderr,
    ended: end(),
    over: () => guardian.code !== undefined || guardian.isOver,
    beat: () => guardian.say('beat'),
    terminate: () => guardian.signalGroup('SIGTERM'),
    kill: () => void kill(),
  }
}
