import type { HubState } from '../../src/hub/hub.ts'
import { bytes, number } from '../ui/number.ts'
import { duration } from '../ui/time.tsx'

/** Numbers that belong together, each with what it means. */
export interface Numbers {
  id: string
  title: string
  rows: readonly Row[]
}

interface Row {
  name: string
  means: string
  value: string
  tone?: 'alert' | 'unknown' | undefined
}

/** The numbers of the hub page, in the order in which an event meets them. */
export function numbersOf(state: HubState): readonly Numbers[] {
  return [
    { id: 'inbox', title: 'Inbox', rows: inbox(state) },
    { id: 'writer', title: 'Writes and renders', rows: writer(state) },
    { id: 'database', title: 'Database', rows: database(state) },
    { id: 'readers', title: 'Readers', rows: readers(state) },
    { id: 'nudges', title: 'Sent to pages', rows: nudges(state) },
    { id: 'records', title: 'Sent to log readers', rows: records(state) },
    { id: 'server', title: 'This server', rows: server(state) },
  ]
}

const inbox = ({ inbox: { depth, taken, duplicates, bad, trouble } }: HubState): Row[] => [
  { name: 'Waiting', means: 'files not read yet', value: number(depth) },
  { name: 'Stored', means: 'events of other processes, stored in the log', value: number(taken) },
  { name: 'Duplicates', means: 'events already in the log, skipped', value: number(duplicates) },
  { name: 'Bad', means: 'files without an event', ...mustBeNone(bad) },
  { name: 'State', means: trouble ?? 'the folder is checked twice a second', ...(trouble ? { value: 'in trouble', tone: 'alert' } : { value: 'read' }) },
]

const STORAGE = { full: 'full', busy: 'locked', broken: 'broken', away: 'unreachable', replaced: 'restart needed' }

const writer = ({ storage, wakes, waiting, renders, hits, notModified }: HubState): Row[] => [
  { name: 'Waiting', means: 'changes waiting for the one writer', value: number(waiting) },
  { name: 'Disk', means: 'whether changes can be saved', ...(storage === null ? { value: 'writable' } : { value: STORAGE[storage], tone: 'alert' as const }) },
  { name: 'Commits', means: 'transactions announced to readers', value: number(wakes) },
  { name: 'Rendered', means: 'partials rendered, once for all readers', value: number(renders) },
  { name: 'Shared', means: 'requests served from the cache', value: number(hits) },
  { name: 'Not modified', means: 'requests for a partial that the browser had already', value: number(notModified) },
]

const database = ({ database: { engine, version, missing, bytes: size, free_bytes, groups, changes, largest_group } }: HubState): Row[] => [
  { name: 'Engine', means: 'which stores all that is here', value: `${engine} ${version}` },
  { name: 'Size', means: 'of the tasks and the log, without what tasks print', value: bytes(size) },
  { name: 'Free', means: 'of that, space for new rows', value: bytes(free_bytes) },
  { name: 'Changes a commit', means: 'on average: changes that wait share a transaction', value: groups > 0 ? number(changes / groups) : 'none yet' },
  { name: 'Most in a commit', means: 'since the start', value: number(largest_group) },
  ...missing.map((means): Row => ({ name: 'Missing', means, value: 'no', tone: 'unknown' })),
]

const readers = ({ pages, panels, firehose, outputs, lag, resumes }: HubState): Row[] => [
  { name: 'Pages', means: 'one connection for each browser', value: number(pages) },
  { name: 'Panel streams', means: 'programs that follow one panel', value: number(panels) },
  { name: 'Log readers', means: 'programs and pages that follow the log', value: number(firehose) },
  { name: 'Output readers', means: 'following what a task prints', value: number(outputs) },
  { name: 'Lag', means: 'events by which the slowest log reader is behind', value: number(lag) },
  { name: 'Resumed in full', means: 'reconnects that received everything they missed', value: number(resumes.full) },
  { name: 'In part', means: 'reconnects of pages that refetched stale panels', value: number(resumes.partial) },
  { name: 'Reset', means: 'cursors too old to resume, or of another epoch', value: number(resumes.reset) },
]

const nudges = ({ frames, writes, coalesced, deferred }: HubState): Row[] => [
  { name: 'Nudges', means: '“this panel is stale” messages, each to one page', value: number(frames) },
  { name: 'Writes', means: 'socket writes that carried them', value: number(writes) },
  { name: 'Coalesced', means: 'replaced by a later one before being sent', value: number(coalesced) },
  { name: 'Deferred', means: 'delayed by a full socket; none is lost', value: number(deferred) },
]

const records = ({ delivered, gaps, dropped, cuts }: HubState): Row[] => [
  { name: 'Delivered', means: 'events sent, once for each reader', value: number(delivered) },
  { name: 'Gaps', means: 'times that a slow reader skipped events', ...mustBeNone(gaps) },
  { name: 'Dropped', means: 'events that slow readers skipped', ...mustBeNone(dropped) },
  { name: 'Cut off', means: 'readers that accepted nothing for 10 s', ...mustBeNone(cuts) },
]

const server = ({ loop, memory, uptime_s, lines_lost }: HubState): Row[] => [
  { name: 'Delay, median', means: 'of the event loop, in the last 2 s', ...late(loop?.p50_ms) },
  { name: 'Delay, p99', means: '99 of 100 turns waited less', ...late(loop?.p99_ms) },
  { name: 'Delay, longest', means: 'no request was served during it', ...late(loop?.max_ms) },
  { name: 'Memory', means: 'of the whole process', value: bytes(memory.rss_bytes) },
  { name: 'Heap', means: 'of that, used by the program', value: bytes(memory.heap_bytes) },
  { name: 'Log lines lost', means: 'of the server’s own log, which could not be written', ...mustBeNone(lines_lost) },
  { name: 'Up for', means: 'since it started', value: duration(uptime_s * 1000) },
]

const mustBeNone = (count: number): Pick<Row, 'value' | 'tone'> => ({ value: number(count), ...(count > 0 && { tone: 'alert' as const }) })

const late = (ms: number | undefined): Pick<Row, 'value' | 'tone'> =>
  ms === undefined ? { value: 'not known yet', tone: 'unknown' } : { value: `${number(ms)} ms` }
