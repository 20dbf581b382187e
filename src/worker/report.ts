import { randomUUID } from 'node:crypto'
import { Refused } from '../client/wire.js'
import { type Lease, WAIT } from './lease.ts'
import type { Insistence, Link, Say } from './link.ts'
import { Behind } from './output.ts'

export type Claimed = Omit<Lease, 'renewedAt'>

/** After this share of the lease, the server gives the task away. */
const KEPT = 1.25

/** Writes about the task until `signal`; a refusal is passed to `refused` and thrown. Throws Behind if the server's log is shorter. */
export function reporter({ insist }: Link, { path, hold, ttlMs }: Claimed, signal: AbortSignal, refused: (why: string) => void) {
  return async (verb: 'log' | 'finish', body: object, how: Insistence = {}): Promise<void> => {
    try {
      await insist(`${path}/${verb}`, { ...hold, ...body }, { signal, longestPauseMs: ttlMs * WAIT, ...how })
    } catch (error) {
      const size = verb === 'log' ? sizeIn(error) : undefined
      if (size !== undefined) throw new Behind(size)
      if (error instanceof Refused) refused(error.message)
      throw error
    }
  }
}

function sizeIn(error: unknown): number | undefined {
  const size = error instanceof Refused && error.status === 422 ? error.problem.size : undefined
  return typeof size === 'number' ? size : undefined
}

export const quick = ({ ttlMs }: Claimed): Insistence => ({ timeoutMs: ttlMs * WAIT, longestPauseMs: ttlMs * WAIT })

/** With its own key, a repeated report gets the first response instead of a refusal. */
export const once = (): Insistence => ({ headers: { 'idempotency-key': randomUUID() } })

/** Retries for ever, but after `stop` only while the server keeps the task, so that the worker can end. */
export function patienceOf({ stop, say }: { stop: AbortSignal; say: Say }, { path, ttlMs }: Claimed, done: AbortSignal): AbortSignal {
  const [patience, ms] = [new AbortController(), ttlMs * KEPT]
  const seconds = Math.round(ms / 1000)
  function begin() {
    say(`${path.slice(path.lastIndexOf('/') + 1)} is ended with this worker, which waits up to ${seconds} s for the server to take the report`)
    const timer = setTimeout(() => patience.abort(new Error(`the server took no report for ${seconds} s, and this worker is to end`)), ms)
    done.addEventListener('abort', () => clearTimeout(timer))
  }
  if (stop.aborted) begin()
  else stop.addEventListener('abort', begin, { once: true, signal: done })
  return patience.signal
}
