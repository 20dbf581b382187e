import { z } from 'zod'
import type { AttemptLog } from './attempt-log.ts'
import { LEVELS } from './log-level.ts'
import { type LogLine, readLines } from './log-lines.ts'
import { type Found, linesAround, type Wanted } from './log-search.ts'

const count = z.coerce.number().int().min(0)

/** Which lines of a log a URL asks for. */
export const LogQuery = z.object({
  attempt: count.optional(),
  from: count.optional(),
  line: count.optional(),
  at: count.optional(),
  find: z.string().max(200).optional(),
  level: z
    .enum([...LEVELS, 'stderr', ''])
    .optional()
    .transform((value) => value || undefined),
  download: z.string().optional(),
})
export type LogQuery = z.infer<typeof LogQuery>

/** Some lines of a log, and where to go on from. */
export interface Lines {
  mode: 'tail' | 'part' | 'found'
  lines: LogLine[]
  next: number
  line: number
  skipped: number
  /** What there is to say of them, as a sentence; empty for the end of a log. */
  note: string
}

/** Finds lines; undefined where there is too much to search. */
export type Search = (wanted: Wanted) => Promise<Found | undefined>

const TOO_MUCH = 'Too much to search: narrow it, or download the log.'

/** What was looked for, or the part around a line, or the end. */
export async function linesFor(log: AttemptLog, { from, line, at, find, level }: Partial<LogQuery>, search: Search): Promise<Lines> {
  const rest = { next: log.size, line: log.firstLine, skipped: 0 }
  if (find || level) {
    const found = await search({ find, level })
    const { lines, total } = found ?? { lines: [], total: 0 }
    return { mode: 'found', lines, ...rest, note: found ? foundNote(lines.length, total, find) : TOO_MUCH }
  }
  if (at !== undefined) {
    const lines = linesAround(log, at)
    const [first, last] = [lines[0]?.number, lines.at(-1)?.number]
    return { mode: 'part', lines, ...rest, note: first === undefined ? `There is no line ${at}.` : `Lines ${figure(first)} to ${figure(last ?? first)}.` }
  }
  return { mode: 'tail', ...readLines(log, from ?? log.start, line ?? log.firstLine), note: '' }
}

function foundNote(shown: number, total: number, find: string | undefined): string {
  const lines = total === 1 ? '1 line' : `${figure(total)} lines`
  const what = find ? ` with “${find}”` : ' of that kind'
  return `${lines}${what}${total > shown ? `; the newest ${figure(shown)} are shown` : ''}. A line’s number leads to its place.`
}

const figure = (value: number) => value.toLocaleString('en-US')
