import { setImmediate as turn } from 'node:timers/promises'
import { colours } from './ansi.ts'
import type { AttemptLog } from './attempt-log.ts'
import { isAtLeast, type Level, levels } from './log-level.ts'
import { drawn, type LogLine, MOST_LINES, plain, type RawLine, READ_BYTES, textOf, toLines } from './log-lines.ts'

const NEWLINE = 0x0a

/** Which lines of a log one wants: with this text, whatever its case; at least this serious; of one stream. */
export interface Wanted {
  find?: string | undefined
  level?: Level | 'stderr' | undefined
}

export interface Found {
  lines: LogLine[]
  /** How many there are in all; the newest are shown. */
  total: number
}

/** Looks through all that is kept of a log, at most 10 MiB, and lets others have their turn between two mebibytes. */
export async function findLines(log: AttemptLog, wanted: Wanted): Promise<Found> {
  const level = levels()
  const ansi = colours()
  const text = wanted.find?.toLowerCase() ?? ''
  const isWanted = (line: string, its: Level | null, isStderr: boolean) => {
    if (!line.toLowerCase().includes(text)) return false
    return wanted.level === undefined || (wanted.level === 'stderr' ? isStderr : isAtLeast(its, wanted.level))
  }
  let total = 0
  let lines: LogLine[] = []
  let number = log.firstLine
  for await (const chunk of chunks(log)) {
    for (const { bytes, stream, partial } of chunk) {
      const shown = textOf(bytes)
      const said = plain(shown)
      const its = level(said)
      const stderr = stream === 'stderr'
      if (isWanted(said, its, stderr) && ++total) lines.push({ number, html: ansi(shown), stderr, level: its, partial })
      number++
    }
    lines = lines.slice(-MOST_LINES)
  }
  return { lines, total }
}

/** The lines around number `at`, as many as a page holds: some before it, most behind it. */
export function linesAround(log: AttemptLog, at: number): LogLine[] {
  const BEFORE = 50
  const first = Math.max(log.firstLine, at - BEFORE)
  const raw = toLines(log.read(offsetOf(log, first), READ_BYTES)).slice(0, MOST_LINES)
  return drawn(raw, first)
}

/** Whole lines, a mebibyte at a time; one that is longer than that comes in pieces. */
async function* chunks(log: AttemptLog): AsyncGenerator<RawLine[]> {
  const end = log.size
  for (let from = log.start; from < end; ) {
    const lines = toLines(log.read(from, READ_BYTES))
    const last = lines.at(-1)
    if (!last) return
    const isCut = last.partial && lines.length > 1 && from + READ_BYTES < end
    yield isCut ? lines.slice(0, -1) : lines
    from = isCut ? last.offset : from + READ_BYTES
    await turn()
  }
}

/** Where line `number` begins. */
function offsetOf(log: AttemptLog, number: number): number {
  let left = number - log.firstLine
  for (let from = log.start; left > 0 && from < log.size; from += READ_BYTES) {
    for (const { offset, bytes } of log.read(from, READ_BYTES)) {
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) if (--left === 0) return offset + at + 1
    }
  }
  return left > 0 ? log.size : log.start
}
