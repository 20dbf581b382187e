import { setTimeout as pause } from 'node:timers/promises'
import { isPassing } from '../../cli/client.ts'
import { backOff, type Link } from './link.ts'

/** What every write about a claimed task carries, and the server checks. */
export interface Hold {
  worker_id: string
  fence: number
}

export interface Beat {
  lease_ttl_ms: number
  /** Somebody asked for the task to be cancelled. */
  cancel: boolean
  /** The state of this worker, as its operator wants it. */
  worker: string
}

export interface Lease {
  path: string
  hold: Hold
  ttlMs: number
}

export interface LeaseEvents {
  beat(beat: Beat): void
  /** The lease is gone: refused by the server, or not renewed in time. Nothing follows. */
  lost(why: string, refused: boolean): void
}

/** Of the lease: the longest that a worker trusts a beat. The server gives the task away only after all of it. */
const TRUST = 0.7
/** Of the lease: how long a beat waits for news. Half of a quarter, so that what is known is never older than a quarter. */
const WAIT = 1 / 8

/**
 * Renews the lease until the signal. A beat is a long poll: it counts when it arrives, and is answered at once when
 * there is news. Time is counted from when the last acknowledged beat was sent, on this machine's monotonic clock.
 */
export async function keep(link: Link, { path, hold, ttlMs }: Lease, events: LeaseEvents, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  let ttl = ttlMs
  let timer: NodeJS.Timeout | undefined
  let news = ''

  function lose(why: string, refused: boolean) {
    if (until.aborted) return
    over.abort()
    events.lost(why, refused)
  }

  function trustFrom(sent: number) {
    clearTimeout(timer)
    timer = setTimeout(() => lose('no beat was acknowledged in time', false), sent + TRUST * ttl - performance.now())
  }

  async function beat(waitMs: number) {
    const sent = performance.now()
    const { body } = await link.post<Beat>(`${path}/heartbeat`, { ...hold, wait_s: waitMs / 1000 }, { timeoutMs: waitMs + ttl * WAIT, signal: until })
    ttl = body.lease_ttl_ms
    trustFrom(sent)
    events.beat(body)
    const told = `${body.cancel} ${body.worker}`
    const early = told === news ? sent + waitMs - performance.now() : 0 // news is told once; until more of it, keep the pace
    news = told
    if (early > 0) await pause(early, undefined, { signal: until })
  }

  trustFrom(performance.now())
  let failures = 0
  while (!until.aborted) {
    try {
      await beat(failures > 0 || news === '' ? 0 : ttl * WAIT)
      failures = 0
    } catch (error) {
      if (until.aborted) break
      if (isPassing(error)) await pause(backOff(failures++), undefined, { signal: until }).catch(() => {})
      else lose((error as Error).message, true)
    }
  }
  clearTimeout(timer)
}
