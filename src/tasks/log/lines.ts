import { type AttemptOutput, linesIn, type Run, type Stream } from '../../db/index.ts'
import { MOST_LINES } from '../words.ts'
import { type Level, levels } from './level.ts'
import { Terminal } from './terminal.ts'

export const WINDOW_BYTES = 262_144
const NEWLINE = 0x0a

export interface LogLine {
  number: number
  html: string
  stderr: boolean
  level: Level | null
  /** When it arrived, in ms since 1970; null if that is not known. */
  at?: number | null
  /** No newline yet, so the next read returns it again. */
  partial: boolean
}

interface LogWindow {
  lines: LogLine[]
  /** The offset after the last complete line. */
  next: number
  line: number
  /** Lines skipped because a page holds no more. */
  skipped: number
}

export interface RawLine {
  offset: number
  bytes: Buffer[]
  stream: Stream
  partial: boolean
}

/** Reads from offset `from`, which is line number `line`; returns at most the newest 500 lines. */
export async function readLines(log: AttemptOutput, from: number, line: number): Promise<LogWindow> {
  const waiting = await log.read(from, WINDOW_BYTES + 1)
  const isAll = sizeOf(waiting) <= WINDOW_BYTES
  const { runs, before } = newest(isAll ? waiting : withoutFirstLine(await log.tail(WINDOW_BYTES)))
  const start = runs[0]?.offset ?? log.size
  const known = from < log.start ? Math.max(line, log.firstLine) : line
  const first = isAll ? known + before : log.firstLine + (await log.linesBefore(start))
  const raw = toLines(runs)
  const lines = await drawnAt(log, raw, first)
  const last = raw.at(-1)
  const complete = last?.partial ? lines.length - 1 : lines.length
  return { lines, next: last?.partial ? last.offset : log.size, line: first + complete, skipped: Math.max(0, first - line) }
}

/** Ignores a colour that was set more than 256 KiB earlier. */
export async function terminalAt(log: AttemptOutput, offset: number): Promise<Terminal> {
  const terminal = new Terminal()
  const begin = Math.max(log.start, offset - WINDOW_BYTES)
  for (const run of await log.read(begin, WINDOW_BYTES)) {
    if (run.offset < offset) terminal.skim(run.bytes.subarray(0, offset - run.offset).toString('latin1'))
  }
  return terminal
}

export function drawn(raw: readonly RawLine[], first: number, terminal: Terminal): LogLine[] {
  const level = levels()
  return raw.map(({ bytes, stream, partial }, i) => {
    const { text, html } = terminal.line(textOf(bytes))
    return { number: first + i, html, stderr: stream === 'stderr', level: level(text), partial }
  })
}

/** Lines of a log, with their colours and times. */
export async function drawnAt(log: AttemptOutput, raw: readonly RawLine[], first: number): Promise<LogLine[]> {
  const [begin, end] = [raw[0]?.offset ?? log.size, raw.at(-1)?.offset ?? log.size]
  const arrivals = await log.arrivals(begin, end + 1)
  const lines = drawn(raw, first, await terminalAt(log, begin))
  let known = -1
  return lines.map((line, i) => {
    while ((arrivals[known + 1]?.start ?? Number.POSITIVE_INFINITY) <= (raw[i] as RawLine).offset) known++
    return { ...line, at: arrivals[known]?.at ?? null }
  })
}

function newest(runs: readonly Run[]): { runs: readonly Run[]; before: number } {
  const isComplete = runs.at(-1)?.bytes.at(-1) === NEWLINE
  const last = newlineFromEnd(runs, isComplete ? MOST_LINES + 1 : MOST_LINES)
  if (!last) return { runs, before: 0 }
  const before = runs.slice(0, last.run + 1).reduce((lines, { bytes }, at) => lines + linesIn(at === last.run ? bytes.subarray(0, last.at + 1) : bytes), 0)
  return { runs: behind(runs, last), before }
}

function withoutFirstLine(runs: readonly Run[]): readonly Run[] {
  const run = runs.findIndex(({ bytes }) => bytes.includes(NEWLINE))
  const rest = run === -1 ? [] : behind(runs, { run, at: (runs[run] as Run).bytes.indexOf(NEWLINE) })
  return rest.length > 0 ? rest : runs
}

function newlineFromEnd(runs: readonly Run[], nth: number): { run: number; at: number } | undefined {
  let left = nth
  for (let run = runs.length - 1; run >= 0; run--) {
    const { bytes } = runs[run] as Run
    for (let at = bytes.length; at > 0; ) {
      at = bytes.lastIndexOf(NEWLINE, at - 1)
      if (at === -1) break
      if (--left === 0) return { run, at }
    }
  }
  return undefined
}

function behind(runs: readonly Run[], { run, at }: { run: number; at: number }): Run[] {
  const { offset, stream, bytes } = runs[run] as Run
  const rest = { offset: offset + at + 1, stream, bytes: bytes.subarray(at + 1) }
  return rest.bytes.length > 0 ? [rest, ...runs.slice(run + 1)] : runs.slice(run + 1)
}

/** `end` is the offset after it. */
export function toLines(runs: readonly Run[], most = Number.POSITIVE_INFINITY): (RawLine & { end: number })[] {
  const lines: (RawLine & { end: number })[] = []
  let open: (RawLine & { end: number }) | undefined
  for (const { offset, stream, bytes } of runs) {
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at)
      const end = newline === -1 ? bytes.length : newline
      open ??= { offset: offset + at, end: 0, bytes: [], stream, partial: true }
      open.bytes.push(bytes.subarray(at, end))
      at = end + 1
      open.end = offset + at
      if (newline === -1) continue
      lines.push({ ...open, partial: false })
      open = undefined
      if (lines.length === most) return lines
    }
  }
  return open ? [...lines, open] : lines
}

/** What these runs have in their last `most` lines; the lines before are not even counted. */
export function lastOf(runs: readonly Run[], most: number): Run[] {
  let left = most
  for (const [i, run] of [...runs.entries()].reverse()) {
    let at = run.bytes.lastIndexOf(NEWLINE)
    while (at !== -1) {
      if (left-- === 0) return [{ ...run, offset: run.offset + at + 1, bytes: run.bytes.subarray(at + 1) }, ...runs.slice(i + 1)]
      at = run.bytes.subarray(0, at).lastIndexOf(NEWLINE)
    }
  }
  return [...runs]
}

export const textOf = (bytes: readonly Buffer[]): string => (bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes)).toString('utf8')

const sizeOf = (runs: readonly Run[]) => runs.reduce((size, { bytes }) => size + bytes.length, 0)
