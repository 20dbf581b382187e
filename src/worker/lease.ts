import { setTimeout as pause } from 'node:timers/promises'
import { isPassing } from '../client/wire.js'
import { SYSTEM_CLOCK } from '../time/clock.ts'
import { PauseWatch } from '../time/pause.ts'
import { type Link, pauseMs } from './link.ts'

interface Hold {
  worker_id: string
  fence: number
}

export interface Beat {
  lease_ttl_ms: number
  cancel: boolean
  worker: string
}

export interface Lease {
  path: string
  hold: Hold
  ttlMs: number
  /** When the last acknowledged request was sent, in monotonic ms. */
  renewedAt: number
}

interface LeaseEvents {
  beat(beat: Beat, sentAt: number): void
  refused(why: string): void
  /** No beat was acknowledged for `ms`, so the command must end. Beats continue until the end is reported. */
  silent(ms: number): void
}

/** The share of the lease for which a worker trusts a beat. The server gives the task away only after 1.25. */
export const TRUST = 0.7
/** A last request is sent this much earlier, whatever others wait for. */
const LAST_TRY = 0.05
/** How long a beat waits for news, and a retry for the next. Half of the server's margin of 1/4. */
export const WAIT = 1 / 8
/** After a long pause, how long a command may run until the server confirms the lease. */
const AFTER_PAUSE = 1 / 4
const EARLY_MS = 2
const LONGEST_WAIT_MS = 60_000

/** Long polls return early if there is news. Time counts on the monotonic clock, from when the last acknowledged beat was sent. */
export async function keep(link: Link, { path, hold, ttlMs, renewedAt }: Lease, events: LeaseEvents, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const trust = countdown({ lastTry: (ms) => ask(ms), end: (ms) => until.aborted || events.silent(ms), resumed: () => ask(ttl * WAIT) })
  let ttl = ttlMs

  const ask = (timeoutMs: number) => until.aborted || beat(0, timeoutMs).catch(refuse) // in addition to the beat in flight

  function refuse(error: unknown) {
    if (until.aborted || isPassing(error)) return
    over.abort()
    events.refused((error as Error).message)
  }

  async function beat(waitMs: number, timeoutMs: number): Promise<string> {
    const { body, sentAt } = await link.post<Beat>(`${path}/heartbeat`, { ...hold, wait_s: waitMs / 1000 }, { timeoutMs, signal: until })
    ttl = body.lease_ttl_ms
    trust.from(sentAt, ttl)
    events.beat(body, sentAt)
    return `${body.cancel} ${body.worker}`
  }

  trust.from(renewedAt, ttl)
  let [news, failures] = ['', 0]
  while (!until.aborted) {
    const waitMs = failures > 0 || news === '' ? 0 : Math.min(LONGEST_WAIT_MS, ttl * WAIT)
    const next = performance.now() + waitMs
    try {
      const seen = await beat(waitMs, waitMs + ttl * WAIT)
      const early = seen === news ? next - performance.now() : 0 // after news was returned once, keep the pace
      ;[news, failures] = [seen, 0]
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

/** Calls `lastTry` with the ms left for it, then `end` with the ms since the last acknowledged beat. A pause leaves at most AFTER_PAUSE. */
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
