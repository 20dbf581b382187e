import type { SteeredQueue } from './steering.ts'
import { rateInWords } from './words.ts'

/** Why a task that is due does not start. */
export interface Hold {
  by: 'paused' | 'at_limit' | 'rate_limited' | 'dependencies'
  why: string
  /** When it ends by itself; null if nobody knows. */
  until: string | null
}

/** Null for a queue whose tasks may start. */
export function holdOf({ queue, closed, pause, running, concurrency, rate, next_start_at }: SteeredQueue): Hold | null {
  if (closed === 'paused') return { by: closed, why: `${queue} is paused: ${pause?.reason}`, until: pause?.until ?? null }
  if (closed === 'at_limit') return { by: closed, why: `${running} of ${concurrency} running in ${queue}`, until: null }
  return closed && { by: closed, why: `${rateInWords(rate ?? '')} in ${queue}`, until: next_start_at }
}
