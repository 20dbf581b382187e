import { type Db, type Engine, type SlowStatement, spaceOf, type Window } from '../db/index.ts'
import type { StorageTrouble } from '../db/storage.ts'
import { inbox } from '../intake/inbox.ts'
import type { UpstreamState } from '../intake/upstream/upstream.ts'
import { upstreams } from '../intake/upstream/upstreams.ts'
import { type App, perApp } from '../live/app.ts'
import { firehose } from '../live/firehose.ts'
import { type LoopDelay, loop } from './loop.ts'
import { meter } from './meter.ts'
import { troubles } from './troubles.ts'

export const LOOK_MS = 2_000
const NOW_S = 5
const MINUTE_S = 60

/** How many partials were rendered, came from the cache, or were not modified. */
interface Renders {
  renders: number
  hits: number
  notModified: number
}

/** Changes that wait share a transaction: `groups` counts those transactions since the start. */
interface DatabaseState {
  engine: string
  version: string
  missing: readonly string[]
  bytes: number
  free_bytes: number
  groups: number
  changes: number
  largest_group: number
  /** Of the last hour, slowest first. */
  slowest: readonly (Omit<SlowStatement, 'at'> & { at: string })[]
}

export interface HubState extends Window<UpstreamState>, Renders {
  epoch: string
  seq: number
  started_at: string
  uptime_s: number
  troubles: readonly string[]

  streams: number
  pages: number
  panels: number
  firehose: number
  outputs: number
  readers: number
  lag: number
  resumes: { full: number; partial: number; reset: number }

  events: number
  /** `history` is by 5 s, oldest first, with null for unknown. */
  per_second: { now: number | null; minute: number | null; history: readonly (number | null)[] }
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

  inbox: { depth: number; taken: number; duplicates: number; bad: number; trouble: string | null }
  storage: StorageTrouble | null
  database: DatabaseState
  lines_lost: number
  loop: LoopDelay | null
  memory: { rss_bytes: number; heap_bytes: number; outside_bytes: number }
}

/** `renders`: what the shell counts. */
export async function look(db: Db, app: App, renders: Renders): Promise<HubState> {
  const database = await databaseOf(db, app)
  const state = { database, ...identity(app), ...connections(app), ...traffic(app), ...renders, ...machine(app), items: upstreams(app).states(), next: null }
  return { ...state, troubles: troubles(state) }
}

/** Increases every 2 s, because rates change even when nothing happens. */
export const version = (app: App): number => looks(app).version

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
    inbox: { ...stats, trouble },
  }
}

async function databaseOf(db: Db, { database, mutate }: App): Promise<DatabaseState> {
  const { name: engine, version, missing }: Engine = database.engine
  const { groups, changes, largest } = mutate.sizes
  const slowest = database.slowest.list().map((one) => ({ ...one, at: new Date(one.at).toISOString() }))
  return { engine, version, missing, ...(await spaceOf(db)), groups, changes, largest_group: largest, slowest }
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
