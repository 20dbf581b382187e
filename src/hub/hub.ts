import type { Page } from '../http/panel.ts'
import { type App, perApp } from '../live/app.ts'
import { firehose } from '../live/firehose.ts'
import { inbox } from '../live/inbox.ts'
import type { StorageTrouble } from '../live/storage.ts'
import type { UpstreamState } from '../live/upstream/upstream.ts'
import { upstreams } from '../live/upstream/upstreams.ts'
import { type LoopDelay, loop } from './loop.ts'
import { meter } from './meter.ts'
import { troubles } from './troubles.ts'

/** The page is as old as this at most. */
export const LOOK_MS = 2_000
const NOW_S = 5
const MINUTE_S = 60

/** What goes through this server, and whether any of it was lost. Counts are since its start. */
export interface HubState extends Page<UpstreamState> {
  epoch: string
  /** The newest event. */
  seq: number
  started_at: string
  uptime_s: number
  /** In words, what should not be so; empty when nothing was lost and nobody was cut off. */
  troubles: readonly string[]

  /** All open streams, and how many of them are of each kind. */
  streams: number
  pages: number
  panels: number
  firehose: number
  outputs: number
  /** Who hears nudges: pages and panel streams. */
  readers: number
  /** How far the slowest reader of the log is behind, in events. */
  lag: number
  /** How readers with a cursor began. */
  resumes: { full: number; partial: number; reset: number }

  events: number
  /** `history`: by 5 s, oldest first, null where nothing is known. */
  per_second: { now: number | null; minute: number | null; history: readonly (number | null)[] }
  /** Changes that wait for the one writer. */
  waiting: number

  wakes: number
  frames: number
  writes: number
  coalesced: number
  deferred: number
  delivered: number
  gaps: number
  dropped: number
  cuts: number

  renders: number
  hits: number
  notModified: number

  inbox: { depth: number; taken: number; duplicates: number; bad: number; trouble: string | null }
  /** Why the data folder takes no writes at the moment; null when it does. */
  storage: StorageTrouble | null
  /** Lines of the server's own log that could not be written. */
  lines_lost: number
  /** Null when it is not measured. */
  loop: LoopDelay | null
  memory: { rss_bytes: number; heap_bytes: number; outside_bytes: number }
}

/** Everything that the hub page, its JSON and the metrics tell. */
export function look(app: App): HubState {
  const state = { ...identity(app), ...connections(app), ...traffic(app), ...machine(app), items: upstreams(app).states(), next: null }
  return { ...state, troubles: troubles(state) }
}

/** Moves every 2 s, as time does: what is shown holds rates, which change when nothing happens. */
export const version = (app: App): number => looks(app).version

/** Counts the looks, each of which sums up the event loop's last 2 s. */
class Looks {
  readonly #app: App
  #at: number
  #count = 0

  constructor(app: App) {
    this.#app = app
    this.#at = app.clock.elapsed()
  }

  get version(): number {
    const now = this.#app.clock.elapsed()
    if (now - this.#at >= LOOK_MS) {
      this.#at = now
      this.#count++
      loop(this.#app).look()
    }
    return this.#count
  }
}

const looks = perApp((app) => new Looks(app))

function identity(app: App) {
  const uptime_s = meter(app).age
  return { epoch: app.epoch, seq: app.hub.head, started_at: new Date(app.clock.now() - uptime_s * 1000).toISOString(), uptime_s }
}

function connections(app: App) {
  const { streams, hub } = app
  return {
    streams: streams.size,
    pages: streams.count('page'),
    panels: streams.count('panel'),
    firehose: streams.count('events'),
    outputs: streams.count('output'),
    readers: hub.readers,
    lag: firehose(app).lag,
    resumes: { ...streams.resumes },
    cuts: streams.cuts,
  }
}

function traffic(app: App) {
  const events = meter(app)
  const { trouble = null, stats } = inbox(app)
  return {
    events: events.total,
    per_second: { now: events.rate(NOW_S), minute: events.rate(MINUTE_S), history: events.history() },
    waiting: app.mutate.waiting,
    ...app.hub.stats,
    ...firehose(app).stats,
    // The shell is the app's own, and counts what it renders.
    ...app.renders,
    inbox: { ...stats, trouble },
  }
}

function machine(app: App) {
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    storage: app.storage.trouble ?? null,
    lines_lost: app.log.lost ?? 0,
    loop: loop(app).seen,
    memory: { rss_bytes: rss, heap_bytes: heapUsed, outside_bytes: external },
  }
}
