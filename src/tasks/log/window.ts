import { z } from 'zod'
import type { AttemptOutput } from '../../db/index.ts'
import { MOST_LINES } from '../words.ts'
import { LEVELS } from './level.ts'
import { type LogLine, readLines } from './lines.ts'
import { extentOf, type Found, linesFrom, type Wanted } from './search.ts'

const count = z.coerce.number().int().min(0)

export const LogQuery = z.object({
  attempt: count.optional(),
  from: count.optional(),
  line: count.optional(),
  at: count.optional(),
  first: count.optional(),
  count: count.max(MOST_LINES).optional(),
  find: z.string().max(200).optional(),
  level: z
    .enum([...LEVELS, 'stderr', ''])
    .optional()
    .transform((value) => value || undefined),
  download: z.string().optional(),
})
export type LogQuery = z.infer<typeof LogQuery>

interface Lines {
  mode: 'tail' | 'part' | 'found'
  lines: LogLine[]
  next: number
  line: number
  skipped: number
  note: string
  /** The numbers of the first line that is kept and of the last. */
  extent: { first: number; last: number }
}

/** How many lines come before the one that is wanted. */
const BEFORE = 50

type Search = (wanted: Wanted) => Promise<Found | undefined>

const TOO_MUCH = 'The search took too long. Narrow it, or download the log.'

export async function linesFor(log: AttemptOutput, { from, line, at, first, count, find, level }: Partial<LogQuery>, search: Search): Promise<Lines> {
  const extent = await extentOf(log)
  const rest = { next: log.size, line: log.firstLine, skipped: 0, extent }
  if (find || level) {
    const found = await search({ find, level })
    // Not 'found', which the page repeats as the log grows.
    if (!found) return { mode: 'part', lines: [], ...rest, note: TOO_MUCH }
    return { mode: 'found', lines: found.lines, ...rest, note: foundNote(found.lines.length, found.total, find) }
  }
  if (at !== undefined || first !== undefined) {
    const part = await linesFrom(log, first ?? (at as number) - BEFORE, count ?? MOST_LINES)
    return { mode: 'part', ...rest, ...part, note: count === undefined ? partNote(part.lines, at ?? first) : '' }
  }
  return { mode: 'tail', ...(await readLines(log, from ?? log.start, line ?? log.firstLine)), note: '', extent }
}

function partNote(lines: readonly LogLine[], wanted: number | undefined): string {
  const [first, last] = [lines[0]?.number, lines.at(-1)?.number]
  return first === undefined || last === undefined ? `There is no line ${wanted}.` : `Lines ${figure(first)} to ${figure(last)}.`
}

function foundNote(shown: number, total: number, find: string | undefined): string {
  const lines = `${figure(total)}${find ? '' : ' matching'} ${total === 1 ? 'line' : 'lines'}${find ? ` with “${find}”` : ''}`
  if (total === 0) return `${lines}.`
  return `${lines}${total > shown ? `; the newest ${figure(shown)} are shown` : ''}. Select a line number to see it in context.`
}

const figure = (value: number) => value.toLocaleString('en-US')
