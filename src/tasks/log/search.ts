import type { AttemptOutput, Run, SentRuns } from '../../db/index.ts'
import { MOST_LINES } from '../words.ts'
import { isAtLeast, type Level, levelOf, levels } from './level.ts'
import { drawnAt, type LogLine, type RawLine, textOf, toLines, WINDOW_BYTES } from './lines.ts'
import { shownText, Terminal } from './terminal.ts'
import type { TextStyle } from './text-style.ts'

const READ_BYTES = 1_048_576
const NEWLINE = 0x0a
/** What moves, colours or overwrites: NUL, backspace, return and escape. */
const CONTROLS = ['\0', '\b', '\r', '\x1b']

export interface Wanted {
  find?: string | undefined
  level?: Level | 'stderr' | undefined
}

export interface Found {
  lines: LogLine[]
  total: number
}

export type FirstLines = (string | null)[]

export interface Errors {
  numbers: number[]
  /** The offset after the last complete line, and the number of the line there. */
  next: number
  line: number
}

interface Match extends RawLine {
  number: number
  style: TextStyle
  level: Level | null
}

interface Part {
  lines: LogLine[]
  next: number
  line: number
}

type Searched = Pick<AttemptOutput, 'start' | 'firstLine' | 'read'>

/** Searches at most 10 MiB. It blocks, so `searches.ts` runs it in a thread. */
export async function findLines(log: Searched, wanted: Wanted): Promise<Found> {
  const terminal = new Terminal()
  const level = levels()
  const text = wanted.find?.toLowerCase() ?? ''
  const isWanted = (line: string, its: Level | null, isStderr: boolean) => {
    if (!line.toLowerCase().includes(text)) return false
    return wanted.level === undefined || (wanted.level === 'stderr' ? isStderr : isAtLeast(its, wanted.level))
  }
  let total = 0
  let matches: Match[] = []
  let number = log.firstLine
  await eachLine(log, (line) => {
    const { style } = terminal
    const shown = line.bytes.length === 0 ? '' : terminal.line(textOf(line.bytes)).text
    const its = level(shown)
    if (isWanted(shown, its, line.stream === 'stderr') && ++total) matches.push({ ...line, number, style, level: its })
    if (matches.length >= 2 * MOST_LINES) matches = matches.slice(-MOST_LINES)
    number++
  })
  return { lines: matches.slice(-MOST_LINES).map(draw), total }
}

/** For each text, in lower case, the first line that holds it. Blocks as `findLines` does. */
export async function firstLines(log: Searched, texts: readonly string[]): Promise<FirstLines> {
  const found: (string | null)[] = texts.map(() => null)
  let rest: Buffer = Buffer.alloc(0)
  const look = (bytes: Buffer) => {
    const shown = drawnText(bytes.toString('utf8'))
    const lower = shown.toLowerCase()
    for (const [i, text] of texts.entries()) {
      if (found[i] !== null || !lower.includes(text)) continue
      found[i] = shown.split('\n').find((line) => line.toLowerCase().includes(text)) ?? null
    }
  }
  for (let runs = await log.read(log.start, READ_BYTES); runs.length > 0 && found.includes(null); ) {
    const bytes = Buffer.concat([rest, ...runs.map((run) => run.bytes)])
    const end = bytes.lastIndexOf(NEWLINE) + 1
    look(bytes.subarray(0, end))
    rest = bytes.subarray(end)
    const last = runs.at(-1) as Run
    runs = await log.read(last.offset + last.bytes.length, READ_BYTES)
  }
  look(rest)
  return found
}

/** The numbers of the lines that begin an error, and where complete lines end. Blocks as `findLines` does. */
export function errorsIn({ firstLine, runs }: SentRuns): Errors {
  const lines = toLines(runs)
  const last = lines.at(-1)
  const isError = ({ bytes }: RawLine) => levelOf(shownText(textOf(bytes))) === 'error'
  const numbers = lines.flatMap((line, i) => (isError(line) ? [firstLine + i] : []))
  if (last?.partial) return { numbers, next: last.offset, line: firstLine + lines.length - 1 }
  return { numbers, next: last?.end ?? 0, line: firstLine + lines.length }
}

/** Up to `most` lines from number `from` on, or from the first one that is kept; `next` is the offset after the last complete one, which is before line `line`. */
export async function linesFrom(log: AttemptOutput, from: number, most: number): Promise<Part> {
  const first = Math.max(log.firstLine, from)
  const start = await offsetOf(log, first)
  if (start === undefined || most <= 0) return { lines: [], next: start ?? log.size, line: first }
  const raw = toLines(await log.read(start, WINDOW_BYTES), Math.min(most, MOST_LINES))
  const last = raw.at(-1)
  // A line that the limit cut belongs to the next part.
  const isCut = last?.partial === true && raw.length > 1 && start + WINDOW_BYTES < log.size
  const lines = await drawnAt(log, isCut ? raw.slice(0, -1) : raw, first)
  if (!last) return { lines, next: start, line: first }
  if (last.partial) return { lines, next: last.offset, line: first + raw.length - 1 }
  return { lines, next: last.end, line: first + raw.length }
}

/** The numbers of the first line that is kept and of the last. */
export async function extentOf(log: AttemptOutput): Promise<{ first: number; last: number }> {
  const complete = log.firstLine - 1 + (await log.linesBefore(log.size))
  const end = (await log.tail(1)).at(-1)?.bytes.at(-1)
  return { first: log.firstLine, last: end === undefined || end === NEWLINE ? complete : complete + 1 }
}

function draw({ number, bytes, stream, partial, style, level }: Match): LogLine {
  return { number, html: new Terminal(style).line(textOf(bytes)).html, stderr: stream === 'stderr', level, partial }
}

/** Most output has nothing to be drawn, and is searched as it is. */
function drawnText(text: string): string {
  const isPlain = (part: string) => !CONTROLS.some((control) => part.includes(control))
  if (isPlain(text)) return text
  const drawn = (line: string) => (isPlain(line) ? line : shownText(line))
  return text.split('\n').map(drawn).join('\n')
}

async function eachLine(log: Searched, take: (line: RawLine) => void) {
  let open: RawLine | undefined
  for (let runs = await log.read(log.start, READ_BYTES); runs.length > 0; ) {
    for (const { offset, stream, bytes } of runs) {
      let begin = 0
      for (let at = 0; at < bytes.length; at++) {
        if (bytes[at] !== NEWLINE) continue
        const line = open ?? { offset: offset + begin, bytes: [], stream, partial: false }
        if (at > begin) line.bytes.push(bytes.subarray(begin, at))
        take(line)
        open = undefined
        begin = at + 1
      }
      if (begin === bytes.length) continue
      open ??= { offset: offset + begin, bytes: [], stream, partial: false }
      open.bytes.push(bytes.subarray(begin))
    }
    const last = runs.at(-1) as Run
    runs = await log.read(last.offset + last.bytes.length, READ_BYTES)
  }
  if (open) take({ ...open, partial: true })
}

async function offsetOf(log: AttemptOutput, number: number): Promise<number | undefined> {
  let left = number - log.firstLine
  for (const { start, lines } of await log.parts()) {
    if (left > lines) {
      left -= lines
      continue
    }
    if (left === 0) return start
    for (const { offset, bytes } of await log.read(start, READ_BYTES)) {
      for (let at = 0; at < bytes.length; at++) if (bytes[at] === NEWLINE && --left === 0) return offset + at + 1
    }
  }
  return left === 0 ? log.start : undefined
}
