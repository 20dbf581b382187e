import type { Left } from '../process/sweep.ts'
import type { Ending, Tree } from '../process/tree.ts'
import { SYSTEM_CLOCK } from '../time/clock.ts'
import { afterAwake } from '../time/pause.ts'

export class Stopped extends Error {
  readonly signal: NodeJS.Signals | undefined

  constructor(signal?: NodeJS.Signals) {
    super('the worker was stopped')
    this.signal = signal
  }
}

/** Not the command's fault. Without an `error`, the worker was stopped, by `signal` if it knows. */
interface Interruption {
  interrupted: true
  error?: string
  signal?: NodeJS.Signals
}

type Verdict = { cancelled: true } | { error: string } | Interruption

export interface Result {
  exit_code: number | null
  signal?: NodeJS.Signals
  error?: string
  cancelled?: true
  interrupted?: true
  began?: false
}

const GRACE_MS = 1000

export const unreachable = (ms: number): Interruption => ({ interrupted: true, error: `its worker could not reach the server for ${Math.round(ms / 1000)} s` })

export function stopped({ reason }: AbortSignal): Interruption {
  return { interrupted: true, ...(reason instanceof Stopped && reason.signal && { signal: reason.signal }) }
}

export function ender(tree: Tree, timeoutS: number | null, workerStops: AbortSignal) {
  let verdict: Verdict | undefined
  const timers: NodeJS.Timeout[] = []
  let cancelTimeout = () => {}

  /** If the command ended while this process was busy or frozen, that end counts: it is handled between two immediates. */
  function unlessOver(act: () => void) {
    setImmediate(() => setImmediate(() => tree.over() || act()))
  }
  function stop(why: Verdict) {
    unlessOver(() => {
      if (verdict) return
      verdict = why
      tree.terminate()
      timers.push(setTimeout(tree.kill, GRACE_MS))
    })
  }
  function kill(why?: Verdict, tell = () => {}) {
    unlessOver(() => {
      verdict ??= why
      tree.kill()
      tell()
    })
  }
  const workerStopped = () => stop(stopped(workerStops))
  const ended = tree.ended.then((ending): Result & { left: readonly Left[] } => {
    for (const timer of timers) clearTimeout(timer)
    cancelTimeout()
    workerStops.removeEventListener('abort', workerStopped)
    return { ...resultOf(ending, verdict), left: ending.left }
  })
  if (timeoutS) cancelTimeout = afterAwake(SYSTEM_CLOCK, timeoutS * 1000, () => stop({ error: `timed out after ${timeoutS} s` }))
  workerStops.addEventListener('abort', workerStopped)
  if (workerStops.aborted) workerStopped()
  return { stop, kill, ended }
}

function resultOf({ exitCode, signal, failure }: Ending, verdict: Verdict | undefined): Result {
  if (failure) return { exit_code: null, ...(verdict ?? { error: `it could not be started: ${failure}` }), began: false }
  if (verdict && !('cancelled' in verdict)) return { exit_code: null, ...verdict }
  return { exit_code: exitCode, ...(signal && { signal }), ...verdict }
}

export function wordsOf({ exit_code, error, cancelled, interrupted }: Result): string {
  if (interrupted) return `interrupted: ${error ?? 'this worker was stopped'}`
  return cancelled ? 'cancelled' : (error ?? `exit code ${exit_code}`)
}
