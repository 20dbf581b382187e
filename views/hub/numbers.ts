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
    { id: 'inbox', title: 'In: the inbox', rows: inbox(state) },
    { id: 'writer', title: 'Written and rendered', rows: writer(state) },
    { id: 'readers', title: 'Who listens', rows: readers(state) },
    { id: 'nudges', title: 'Out to pages', rows: nudges(state) },
    { id: 'records', title: 'Out to readers of the log', rows: records(state) },
    { id: 'server', title: 'This server', rows: server(state) },
  ]
}

const inbox = ({ inbox: { depth, taken, duplicates, bad, trouble } }: HubState): Row[] => [
  { name: 'Waiting', means: 'files that were not taken yet', value: number(depth) },
  { name: 'Taken', means: 'events of other processes, now in the log', value: number(taken) },
  { name: 'Duplicates', means: 'were in the log already: counted once', value: number(duplicates) },
  { name: 'Bad', means: 'files that hold no event', ...mustBeNone(bad) },
  { name: 'State', means: trouble ?? 'the folder is looked at twice a second', ...(trouble ? { value: 'in trouble', tone: 'alert' } : { value: 'read' }) },
]

const writer = ({ wakes, waiting, renders, hits, notModified }: HubState): Row[] => [
  { name: 'Waiting', means: 'changes that wait for the one writer', value: number(waiting) },
  { name: 'Commits', means: 'that the hub was told of', value: number(wakes) },
  { name: 'Rendered', means: 'partials made, one for all who ask', value: number(renders) },
  { name: 'Shared', means: 'partials answered from one that was made', value: number(hits) },
  { name: 'Not modified', means: 'partials that the asker had already', value: number(notModified) },
]

const readers = ({ pages, panels, firehose, outputs, lag, resumes }: HubState): Row[] => [
  { name: 'Pages', means: 'one connection for each browser', value: number(pages) },
  { name: 'Panel streams', means: 'programs that hear when one panel changed', value: number(panels) },
  { name: 'Log readers', means: 'programs and pages that follow the log', value: number(firehose) },
  { name: 'Output readers', means: 'of what a task prints', value: number(outputs) },
  { name: 'Lag', means: 'events that the slowest log reader is behind', value: number(lag) },
  { name: 'Resumed in full', means: 'came back and had missed nothing, or got it all', value: number(resumes.full) },
  { name: 'In part', means: 'pages that came back and fetched what was stale', value: number(resumes.partial) },
  { name: 'Reset', means: 'had to begin anew: too old, or another epoch', value: number(resumes.reset) },
]

const nudges = ({ frames, writes, coalesced, deferred }: HubState): Row[] => [
  { name: 'Nudges', means: '“this panel is stale”, each to one page', value: number(frames) },
  { name: 'Writes', means: 'in which they went out', value: number(writes) },
  { name: 'Coalesced', means: 'replaced by a later one before they were sent', value: number(coalesced) },
  { name: 'Deferred', means: 'waited for a full socket, and lost nothing', value: number(deferred) },
]

const records = ({ delivered, gaps, dropped, cuts }: HubState): Row[] => [
  { name: 'Delivered', means: 'events, counted for each reader', value: number(delivered) },
  { name: 'Gaps', means: 'times that a slow reader was moved forward', ...mustBeNone(gaps) },
  { name: 'Dropped', means: 'events that slow readers lost so', ...mustBeNone(dropped) },
  { name: 'Cut off', means: 'readers that took nothing for 10 s', ...mustBeNone(cuts) },
]

const server = ({ loop, memory, uptime_s, lines_lost }: HubState): Row[] => [
  { name: 'Late by, median', means: 'the event loop, in the last 2 s', ...late(loop?.p50_ms) },
  { name: 'Late by, p99', means: '99 of 100 times no later', ...late(loop?.p99_ms) },
  { name: 'Late by, most', means: 'nobody was served for so long', ...late(loop?.max_ms) },
  { name: 'Memory', means: 'of the whole process', value: bytes(memory.rss_bytes) },
  { name: 'Heap', means: 'of it, in use by the program', value: bytes(memory.heap_bytes) },
  { name: 'Log lines lost', means: 'of the server’s own log, which could not be written', ...mustBeNone(lines_lost) },
  { name: 'Up for', means: 'since it started', value: duration(uptime_s * 1000) },
]

const mustBeNone = (count: number): Pick<Row, 'value' | 'tone'> => ({ value: number(count), ...(count > 0 && { tone: 'alert' as const }) })

const late = (ms: number | undefined): Pick<Row, 'value' | 'tone'> =>
  ms === undefined ? { value: 'not known yet', tone: 'unknown' } : { value: `${number(ms)} ms` }
