import { z } from 'zod'
import type { AttemptOutput } from '../../db/index.ts'
import { LEVELS } from './level.ts'
import { type LogLine, readLines } from './lines.ts'
import { type Found, linesAround, type Wanted } from './search.ts'

const count = z.coerce.number().int().min(0)

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

interface Lines {
  mode: 'tail' | 'part' | 'found'
  lines: LogLine[]
  next: number
  line: number
  skipped: number
  note: string
}

type Search = (wanted: Wanted) => Promise<Found | undefined>

const TOO_MUCH = 'The search took too long. Narrow it, or download the log.'

export async function linesFor(log: AttemptOutput, { from, line, at, find, level }: Partial<LogQuery>, search: Search): Promise<Lines> {
  const rest = { next: log.size, line: log.firstLine, skipped: 0 }
  if (find || level) {
    const found = await search({ find, level })
    // Not 'found', which the page repeats as the log grows.
    if (!found) return { mode: 'part', lines: [], ...rest, note: TOO_MUCH }
    return { mode: 'found', lines: found.lines, ...rest, note: foundNote(found.lines.length, found.total, find) }
  }
  if (at !== undefined) {
    const lines = await linesAround(log, at)
    const [first, last] = [lines[0]?.number, lines.at(-1)?.number]
    return { mode: 'part', lines, ...rest, note: first === undefined ? `There is no line ${at}.` : `Lines ${figure(first)} to ${figure(last ?? first)}.` }
  }
  return { mode: 'tail', ...(await readLines(log, from ?? log.start, line ?? log.firstLine)), note: '' }
}

function foundNote(shown: number, total: number, find: string | undefined): string {
  const lines = `${figure(total)}${find ? '' : ' matching'} ${total === 1 ? 'line' : 'lines'}${find ? ` with “${find}”` : ''}`
  if (total === 0) return `${lines}.`
  return `${lines}${total > shown ? `; the newest ${figure(shown)} are shown` : ''}. Select a line number to see it in context.`
}

const figure = (value: number) => value.toLocaleString('en-US')
