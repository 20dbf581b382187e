import { setTimeout as pause } from 'node:timers/promises'
import { isPassing } from '../../client/wire.js'
import { SYSTEM_CLOCK } from '../../live/app.ts'
import { PauseWatch } from '../../live/pause.ts'
import { type Link, pauseMs } from './link.ts'

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
  /** When the server was last asked and said yes, in monotonic ms. */
  renewedAt: number
}

export interface LeaseEvents {
  /** The server acknowledged the beat that was sent at `askedAt`, in monotonic ms. */
  beat(beat: Beat, askedAt: number): void
  /** The server says that the task is not this worker's any more. Nothing follows. */
  refused(why: string): void
  /** The server did not acknowledge a beat for `ms`, so long that what runs must end. The beats go on: its end is still to be told. */
  silent(ms: number): void
}

/** Of the lease: the longest that a worker trusts a beat. The server gives the task away only after all of it, and a quarter. */
export const TRUST = 0.7
/** Of the lease: before that trust ends, the server is asked once more, whatever the other tries wait for. */
const LAST_TRY = 0.05
/** Of the lease: how long a beat waits for news, and a try for the next. Half of a quarter, so that what is known is never older than a quarter. */
export const WAIT = 1 / 8
/** Of the lease: after a long pause, how long a command may run until the server confirms that the task is still ours. */
const AFTER_PAUSE = 1 / 4
/** A timer may fire this much before its time. */
const EARLY_MS = 2
/** A server lets a beat wait no longer than this. */
const LONGEST_WAIT_MS = 60_000

/**
 * Renews the lease until the signal. A beat is a long poll: it counts when it arrives, and is answered at once when
 * there is news. Time is counted from when the last acknowledged beat was sent, on this machine's monotonic clock. After
 * a pause the server is asked first: paused with this machine, it kept the task; elsewhere, it may have given it away.
 */
export async function keep(link: Link, { path, hold, ttlMs, renewedAt }: Lease, events: LeaseEvents, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const trust = countdown({ lastTry: (ms) => ask(ms), end: (ms) => until.aborted || events.silent(ms), resumed: () => ask(ttl * WAIT) })
  let ttl = ttlMs

  const ask = (timeoutMs: number) => until.aborted || beat(0, timeoutMs).catch(refuse) // in addition to the beat that is under way

  function refuse(error: unknown) {
    if (until.aborted || isPassing(error)) return
    over.abort()
    events.refused((error as Error).message)
  }

  async function beat(waitMs: number, timeoutMs: number): Promise<string> {
    const { body, askedAt } = await link.post<Beat>(`${path}/heartbeat`, { ...hold, wait_s: waitMs / 1000 }, { timeoutMs, signal: until })
    ttl = body.lease_ttl_ms
    trust.from(askedAt, ttl)
    events.beat(body, askedAt)
    return `${body.cancel} ${body.worker}`
  }

  trust.from(renewedAt, ttl)
  let [news, failures] = ['', 0]
  while (!until.aborted) {
    const waitMs = failures > 0 || news === '' ? 0 : Math.min(LONGEST_WAIT_MS, ttl * WAIT)
    const next = performance.now() + waitMs
    try {
      const told = await beat(waitMs, waitMs + ttl * WAIT)
      const early = told === news ? next - performance.now() : 0 // news is told once; until more of it, keep the pace
      ;[news, failures] = [told, 0]
      if (early > 0) await pause(early, undefined, { signal: until })
    } catch (error) {
      refuse(error)
      await pause(pauseMs(failures++, ttl * WAIT), undefined, { signal: until }).catch(() => {})
    }
  }
  trust.stop()
}

interface Countdown {
  lastTry(ms: number): unknown
  end(ms: number): unknown
  resumed(): unknown
}

/**
 * Runs from each acknowledged beat: calls `lastTry` with the ms that are left for it, then `end` with the ms since that
 * beat. A pause does not count, but leaves no more than AFTER_PAUSE of the lease, unless there was more; `resumed` is then
 * called.
 */
function countdown({ lastTry, end, resumed }: Countdown) {
  let timers: NodeJS.Timeout[] = []
  let [since, until, lease] = [Number.NEGATIVE_INFINITY, 0, 0]
  const pauses = new PauseWatch(SYSTEM_CLOCK, (ms) => {
    until = Math.max(until, Math.min(until + ms, performance.now() + lease * AFTER_PAUSE))
    arm()
    resumed()
  })
  function arm() {
    timers.map(clearTimeout)
    const [left, last] = [until - performance.now(), lease * LAST_TRY]
    timers = [setTimeout(over, left)]
    if (left > last) timers.push(setTimeout(lastTry, left - last, last))
  }
  function over() {
    pauses.look()
    const now = performance.now()
    if (until - now > EARLY_MS) arm()
    else end(now - since)
  }
  return {
    stop() {
      pauses.stop()
      timers.map(clearTimeout)
    },
    from(sent: number, ttl: number) {
      if (sent < since) return // a later one was acknowledged before it
      ;[since, until, lease] = [sent, Math.max(until, sent + TRUST * ttl), ttl] // a beat from before a pause shortens nothing
      arm()
    },
  }
}
