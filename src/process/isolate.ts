import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Isolation {
  /** The kernel kills a PID namespace or a cgroup at once; a sweep repeats until nothing is left. */
  kind: 'namespace' | 'cgroup' | 'sweep'
  /** The command that starts the guardian: `unshare`, or one that makes it a subreaper. */
  prefix: readonly string[]
  cgroup?: string
  words: string
}

/** `user` allows a user namespace, in which set-user-ID programs such as sudo and ping do not work. */
export const ISOLATIONS = ['auto', 'user', 'cgroup', 'off'] as const
export type Wanted = (typeof ISOLATIONS)[number]

const PROBE_TIMEOUT_MS = 5000
const NAMESPACE = ['--pid', '--fork', '--kill-child=SIGKILL']
const USER_NAMESPACE = ['--user', '--map-current-user']
const PRCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167, arm: 172, ia32: 172, ppc64: 171, s390x: 172, riscv64: 167, loong64: 167 }
/** PR_SET_CHILD_SUBREAPER survives an exec: detached processes below the guardian become its children, not init's. */
const SUBREAPER = 36

export async function probe(wanted: Wanted = 'auto'): Promise<Isolation> {
  const isRoot = process.getuid?.() === 0
  if (wanted === 'user' || (wanted === 'auto' && isRoot)) {
    const found = await namespace(isRoot ? [] : USER_NAMESPACE)
    if (found) return found
  }
  if (wanted === 'cgroup' || (wanted === 'auto' && !isRoot)) {
    const found = await ownCgroup()
    if (found) return found
  }
  const swept = await sweeping()
  return wanted === 'auto' || wanted === 'off' ? swept : { ...swept, words: `${swept.words} (--isolate ${wanted} does not work here)` }
}

async function namespace(user: readonly string[]): Promise<Isolation | undefined> {
  for (const proc of [['--mount-proc'], []]) {
    const prefix = ['unshare', ...user, ...NAMESPACE, ...proc]
    if ((await output([...prefix, 'sh', '-c', 'echo $$'])) === '1')
      return { kind: 'namespace', prefix, words: user.length > 0 ? 'by PID namespace, in a user namespace: sudo and ping do not work' : 'by PID namespace' }
  }
  return undefined
}

async function ownCgroup(): Promise<Isolation | undefined> {
  const parent = cgroupFolder()
  if (!parent) return undefined
  const trial = join(parent, `telltale-${randomBytes(8).toString('hex')}`)
  try {
    mkdirSync(trial)
  } catch {
    return undefined
  }
  try {
    const signal = await killer(['sh', '-c', 'echo 0 >"$1/cgroup.procs" && echo 1 >"$1/cgroup.kill"; sleep 1', 'sh', trial])
    return signal === 'SIGKILL' ? { kind: 'cgroup', prefix: (await subreaper()) ?? [], cgroup: parent, words: 'by cgroup' } : undefined
  } finally {
    removeCgroup(trial)
  }
}

export function removeCgroup(folder: string) {
  try {
    rmdirSync(folder)
  } catch {}
}

function cgroupFolder(): string | undefined {
  try {
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1]
    const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1]
    return own && mount && join(mount, own)
  } catch {
    return undefined
  }
}

async function sweeping(): Promise<Isolation> {
  if (process.platform !== 'linux') return { kind: 'sweep', prefix: [], words: 'by descent; on this system, one that detaches itself is missed' }
  const prefix = await subreaper()
  if (prefix) return { kind: 'sweep', prefix, words: 'by descent' }
  return { kind: 'sweep', prefix: [], words: 'by descent, environment and output; without perl or python3, one that hides all three is missed' }
}

async function subreaper(): Promise<readonly string[] | undefined> {
  const number = PRCTL[process.arch]
  const perl = ['perl', '-e', `syscall(${number}, ${SUBREAPER}, 1, 0, 0, 0) == 0 or exit 1; exec { $ARGV[0] } @ARGV`]
  const python = [
    'python3',
    '-c',
    `import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(${SUBREAPER}, 1, 0, 0, 0) == 0 or sys.exit(1)
for name in (signal.SIGPIPE, signal.SIGXFSZ): signal.signal(name, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])`,
  ]
  for (const prefix of [...(number ? [perl] : []), python]) if ((await output([...prefix, 'sh', '-c', 'echo held'])) === 'held') return prefix
  return undefined
}

async function output([file = '', ...args]: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(file, args, { timeout: PROBE_TIMEOUT_MS })).stdout.trim()
  } catch {
    return undefined
  }
}

async function killer([file = '', ...args]: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)(file, args, { timeout: PROBE_TIMEOUT_MS })
    return undefined
  } catch (error) {
    return (error as { signal?: string }).signal
  }
}
