import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What a task's process tree is started under, so that it can be killed whole. */
export interface Isolation {
  /** A PID namespace dies as one, in the kernel; without one, processes are found by their environment. */
  kind: 'namespace' | 'marker'
  /** Stands before the command: `unshare` with its options, or nothing. */
  prefix: readonly string[]
  /** Why there is no namespace, for the worker's first lines; absent with one. */
  note?: string
}

const PROBE_TIMEOUT_MS = 5000
const NAMESPACE = ['--pid', '--fork', '--kill-child=SIGKILL']

/** Finds out once, by trying, what this machine allows; `off` does not try. Never throws. */
export async function probe(wanted: 'auto' | 'off' = 'auto'): Promise<Isolation> {
  if (wanted === 'off') return { kind: 'marker', prefix: [], note: 'PID namespaces are off (--isolate off)' }
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']
  let why = ''
  for (const proc of [['--mount-proc'], []]) {
    const prefix = ['unshare', ...user, ...NAMESPACE, ...proc]
    const refusal = await attempt(prefix)
    if (refusal === undefined) return { kind: 'namespace', prefix }
    why = refusal
  }
  return { kind: 'marker', prefix: [], note: `PID namespaces are not allowed here: ${why}` }
}

/** Undefined where the shell under `prefix` is pid 1; otherwise what stood in the way. */
async function attempt([file = '', ...args]: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(file, [...args, 'sh', '-c', 'echo $$'], { timeout: PROBE_TIMEOUT_MS })
    return stdout.trim() === '1' ? undefined : 'unshare did not start a new one'
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return (stderr || message).trim().split('\n')[0] as string
  }
}
