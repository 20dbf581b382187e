import { colours } from './ansi.ts'
import { type AttemptLog, linesIn, type Run, type Stream } from './attempt-log.ts'
import { type Level, levels } from './log-level.ts'

/** As many lines as a page holds; older ones are there to download. */
export const MOST_LINES = 500
export const READ_BYTES = 1_048_576
const LINE_LENGTH = 16_384
const NEWLINE = 0x0a

export interface LogLine {
  number: number
  /** Escaped, with ANSI colours as classes. */
  html: string
  stderr: boolean
  level: Level | null
  /** It has no newline yet: the next reading begins with it again. */
  partial: boolean
}

export interface LogPage {
  lines: LogLine[]
  /** The offset to read from next: behind the last complete line. */
  next: number
  /** The number of the line at `next`. */
  line: number
  /** Lines that were passed over, because more were waiting than a page holds. */
  skipped: number
}

export interface RawLine {
  offset: number
  bytes: Buffer[]
  stream: Stream
  partial: boolean
}

/** The lines from `from` on, of which `line` is the first one's number; at most the newest 500. */
export function readLines(log: AttemptLog, from: number, line: number): LogPage {
  const begin = Math.max(from, log.start)
  const cut = from < log.start ? log.firstLine - line : 0
  const tail = Math.max(begin, log.size - READ_BYTES)
  const jumped = tail > begin ? countLines(log, begin, tail) : 0
  const raw = toLines(log.read(tail, READ_BYTES))
  // A reading that begins in the middle of a line would show half of it.
  const half = tail > begin && raw.length > 1
  if (half) raw.shift()
  const shown = raw.slice(-MOST_LINES)
  const skipped = Math.max(0, cut) + jumped + (half ? 1 : 0) + raw.length - shown.length
  const first = line + skipped
  const lines = drawn(shown, first)
  const last = shown.at(-1)
  const complete = last?.partial ? lines.length - 1 : lines.length
  return { lines, next: last?.partial ? last.offset : log.size, line: first + complete, skipped }
}

/** Lines as the page shows them, of which `first` is the first one's number. */
export function drawn(raw: readonly RawLine[], first: number): LogLine[] {
  const ansi = colours()
  const level = levels()
  return raw.map(({ bytes, stream, partial }, i) => {
    const text = textOf(bytes)
    return { number: first + i, html: ansi(text), stderr: stream === 'stderr', level: level(plain(text)), partial }
  })
}

export function toLines(runs: readonly Run[]): RawLine[] {
  const lines: RawLine[] = []
  let open: RawLine | undefined
  for (const { offset, stream, bytes } of runs) {
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at)
      const end = newline === -1 ? bytes.length : newline
      open ??= { offset: offset + at, bytes: [], stream, partial: true }
      open.bytes.push(bytes.subarray(at, end))
      if (newline !== -1) {
        lines.push({ ...open, partial: false })
        open = undefined
      }
      at = end + 1
    }
  }
  return open ? [...lines, open] : lines
}

/** Without what colours it. */
export const plain = (text: string) => text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')

/** What a terminal would show of the line: a carriage return begins it anew. */
export function textOf(bytes: readonly Buffer[]): string {
  const text = Buffer.concat(bytes as Buffer[])
    .toString('utf8')
    .replace(/\r+$/, '')
  const visible = text.slice(text.lastIndexOf('\r') + 1)
  return visible.length > LINE_LENGTH ? `${visible.slice(0, LINE_LENGTH)}… (${visible.length - LINE_LENGTH} more characters)` : visible
}

function countLines(log: AttemptLog, from: number, to: number): number {
  let lines = 0
  for (const { bytes } of log.read(from, to - from)) lines += linesIn(bytes)
  return lines
}
