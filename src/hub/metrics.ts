import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { HubState } from './hub.ts'

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

type Labels = Record<string, string>
type Value = number | readonly (readonly [Labels, number])[]
type Line = readonly [name: string, help: string, value: Value]

const MS_PER_S = 1000

interface Declared {
  name: string
  help: string
  values: readonly (readonly [Labels, number])[]
}

/** The hub's numbers and what the slices declare, in the format of Prometheus. */
export async function exposition(state: HubState, declared: readonly Declared[]): Promise<string> {
  const registry = new Registry()
  const more = declared.map(({ name, help, values }): Line => [name, help, values])
  for (const [name, help, value] of [...connections(state), ...gauges(state), ...more]) {
    const gauge = new Gauge({ name: `telltale_${name}`, help, labelNames: labelsOf(value), registers: [registry] })
    for (const [labels, number] of samples(value)) gauge.set(labels, number)
  }
  for (const [name, help, value] of [...counters(state), ...ofUpstreams(state)]) {
    const counter = new Counter({ name: `telltale_${name}_total`, help, labelNames: labelsOf(value), registers: [registry] })
    for (const [labels, number] of samples(value)) counter.inc(labels, number)
  }
  return `${await registry.metrics()}\n${await ofProcess().metrics()}`
}

let processRegistry: Registry | undefined

/** Metrics of the process. The library cannot stop collecting, so there is one registry, made on first use. */
function ofProcess(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry()
    collectDefaultMetrics({ register: processRegistry })
  }
  return processRegistry
}

function connections({ pages, panels, firehose, outputs, readers, lag }: HubState): Line[] {
  const open = Object.entries({ page: pages, panel: panels, events: firehose, output: outputs })
  return [
    ['streams', 'Open streams by kind.', open.map(([kind, count]) => [{ kind }, count])],
    ['nudge_readers', 'Readers that are notified of stale panels.', readers],
    ['reader_lag_events', 'Events that the slowest reader of the log is behind.', lag],
  ]
}

function gauges({ epoch, seq, uptime_s, waiting, storage, database, inbox, loop, items }: HubState): Line[] {
  return [
    ['info', 'Always 1; the epoch of the log is its label.', [[{ epoch }, 1]]],
    ['log_seq', 'Number of the newest event.', seq],
    ['uptime_seconds', 'Time since this server started.', uptime_s],
    ['changes_waiting', 'Changes waiting for the writer.', waiting],
    ['database_bytes', 'Size of the database.', database.bytes],
    ['database_free_bytes', 'Of that, free for new rows.', database.free_bytes],
    ['storage_up', 'Whether the data folder can be written.', storage === null ? 1 : 0],
    ['inbox_files', 'Files waiting in the inbox.', inbox.depth],
    ['inbox_up', 'Whether the inbox could be read.', inbox.trouble === null ? 1 : 0],
    ['upstream_up', 'Whether an upstream is being read.', items.map(({ name, state }) => [{ upstream: name }, state === 'live' ? 1 : 0])],
    [
      'upstream_last_event_timestamp_seconds',
      'When an upstream last sent an event.',
      items.flatMap(({ name, last_event_at: at }) => (at === null ? [] : [[{ upstream: name }, at / MS_PER_S] as const])),
    ],
    ...(loop === null
      ? []
      : ([
          ['event_loop_delay_p50_seconds', 'How late the event loop was in the last 2 s: median.', loop.p50_ms / MS_PER_S],
          ['event_loop_delay_p99_seconds', 'How late the event loop was in the last 2 s: 99th percentile.', loop.p99_ms / MS_PER_S],
          ['event_loop_delay_max_seconds', 'How late the event loop was in the last 2 s: maximum.', loop.max_ms / MS_PER_S],
        ] as const)),
  ]
}

function counters(state: HubState): Line[] {
  const { inbox, resumes } = state
  return [
    ['events', 'Events written to the log.', state.events],
    ['commits', 'Transactions that were committed, each with all changes that waited.', state.database.groups],
    ['changes', 'Changes in those transactions.', state.database.changes],
    ['wakes', 'Commits announced to the hub.', state.wakes],
    ['nudge_frames', 'Nudges sent to pages and panel streams.', state.frames],
    ['nudge_writes', 'Socket writes of nudges.', state.writes],
    ['nudges_coalesced', 'Nudges that a later one replaced before they were sent.', state.coalesced],
    ['writes_deferred', 'Writes delayed by a full socket.', state.deferred],
    ['records_delivered', 'Events sent to readers of the log, counted once per reader.', state.delivered],
    ['reader_gaps', 'Times that a slow reader skipped events.', state.gaps],
    ['records_dropped', 'Events that slow readers skipped.', state.dropped],
    ['slow_readers_cut', 'Readers cut off after accepting nothing for 10 s.', state.cuts],
    ['resumes', 'Readers that reconnected with a cursor, by how they resumed.', Object.entries(resumes).map(([result, count]) => [{ result }, count])],
    ['inbox_taken', 'Events taken from the inbox.', inbox.taken],
    ['inbox_duplicates', 'Inbox files whose event was already in the log.', inbox.duplicates],
    ['inbox_bad', 'Inbox files that were not valid events.', inbox.bad],
    ['log_lines_lost', 'Lines of the server log that could not be written.', state.lines_lost],
    ['renders', 'Partials rendered.', state.renders],
    ['render_cache_hits', 'Partials served from the cache.', state.hits],
    ['not_modified', 'Partials answered with 304.', state.notModified],
  ]
}

function ofUpstreams({ items }: HubState): Line[] {
  const each = (count: (upstream: HubState['items'][number]) => number): Value => items.map((it) => [{ upstream: it.name }, count(it)])
  return [
    ['upstream_received', 'Events received from an upstream.', each(({ received }) => received)],
    ['upstream_duplicates', 'Events of an upstream that were already in the log.', each(({ duplicates }) => duplicates)],
    ['upstream_refused', 'Items from an upstream that were not valid events.', each(({ refused }) => refused)],
    ['upstream_losses', 'Times that an upstream reported lost events.', each(({ losses }) => losses)],
    ['upstream_retries', 'Reconnects to an upstream.', each(({ retries }) => retries)],
  ]
}

const samples = (value: Value): readonly (readonly [Labels, number])[] => (typeof value === 'number' ? [[{}, value]] : value)
const labelsOf = (value: Value): string[] => (typeof value === 'number' ? [] : Object.keys(value[0]?.[0] ?? {}))
