import type { HubState } from '../../src/hub/hub.ts'
import { ago, NOW } from '../views/samples.ts'

type Upstream = HubState['items'][number]

export const upstream = (some: Partial<Upstream> = {}): Upstream => ({
  name: 'cellar',
  kind: 'telltale',
  target: 'http://10.0.0.7:8355',
  state: 'live',
  since: NOW,
  last_event_at: NOW,
  received: 0,
  duplicates: 0,
  refused: 0,
  losses: 0,
  retries: 0,
  next_try_ms: null,
  last_error: null,
  ...some,
})

/** A server that does its work and lost nothing. */
export const hub = (some: Partial<HubState> = {}): HubState => ({
  items: [],
  next: null,
  epoch: 'k3v9q2ab',
  seq: 4182,
  started_at: ago(3600),
  uptime_s: 3600,
  troubles: [],
  streams: 3,
  pages: 1,
  panels: 0,
  firehose: 2,
  outputs: 0,
  readers: 1,
  lag: 0,
  resumes: { full: 1, partial: 0, reset: 0 },
  events: 4182,
  per_second: { now: 3.2, minute: 1.4, history: [1, 2, 3.2] },
  waiting: 0,
  wakes: 4000,
  frames: 100,
  writes: 80,
  coalesced: 0,
  deferred: 0,
  delivered: 8364,
  gaps: 0,
  dropped: 0,
  cuts: 0,
  renders: 40,
  hits: 20,
  notModified: 3,
  inbox: { depth: 0, taken: 12, duplicates: 0, bad: 0, trouble: null },
  loop: { p50_ms: 0.1, p99_ms: 2, max_ms: 9 },
  memory: { rss_bytes: 90_000_000, heap_bytes: 30_000_000, outside_bytes: 2_000_000 },
  ...some,
})
