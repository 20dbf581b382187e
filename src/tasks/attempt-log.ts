import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Stream = 'stdout' | 'stderr'

/** Ten of these are kept: the tail wins, whatever a command prints. */
const SEGMENT_BYTES = 1_048_576
const KEPT_SEGMENTS = 10

/** Consecutive bytes of one stream. */
export interface Run {
  offset: number
  stream: Stream
  bytes: Buffer
}

/** One file: `start` is the offset of its first byte, and its name. */
interface Segment {
  start: number
  size: number
  lines: number
}

/**
 * What one attempt printed, in files of a mebibyte named by the offset of their first byte. Offsets count every byte
 * that was printed, so a reader's place stays right when the oldest file goes.
 */
export class AttemptLog {
  readonly #folder: string
  readonly #segments: Segment[]
  /** Lines that were in the files that are gone. */
  #cutLines: number
  #grewAt = 0

  constructor(folder: string) {
    this.#folder = folder
    this.#segments = segmentsIn(folder)
    this.#cutLines = Number(readText(join(folder, 'cut-lines')) || 0)
    this.#grewAt = this.#segments.length > 0 ? modifiedAt(this.#path(this.#segments.at(-1) as Segment, 'log')) : 0
  }

  /** The offset of the first byte that is kept. */
  get start(): number {
    return this.#segments[0]?.start ?? 0
  }

  /** The offset after the last byte. */
  get size(): number {
    const last = this.#segments.at(-1)
    return last ? last.start + last.size : 0
  }

  /** The number of the line at `start`: how many complete lines are gone, and one. */
  get firstLine(): number {
    return this.#cutLines + 1
  }

  /** Wall time in ms of the last byte, 0 when there is none. */
  get grewAt(): number {
    return this.#grewAt
  }

  /** Writes the part of the chunk that is new; false when there is none. */
  append({ offset, stream, bytes }: { offset: number; stream: Stream; bytes: Buffer }): boolean {
    const fresh = bytes.subarray(Math.max(0, this.size - offset))
    if (fresh.length === 0) return false
    if (offset > this.size) this.#open(offset)
    for (let at = 0; at < fresh.length; ) {
      const segment = this.#room()
      const part = fresh.subarray(at, at + SEGMENT_BYTES - segment.size)
      this.#write(segment, stream, part)
      at += part.length
    }
    this.#grewAt = Date.now()
    return true
  }

  /** Up to `most` bytes from `from` on, or from the first byte that is kept; in the order in which they were printed. */
  read(from: number, most: number): Run[] {
    const runs: Run[] = []
    let left = most
    for (const segment of this.#segments) {
      const begin = Math.max(from, segment.start)
      const end = Math.min(segment.start + segment.size, begin + left)
      if (end <= begin) continue
      const bytes = readAt(this.#path(segment, 'log'), begin - segment.start, end - begin)
      runs.push(...split(bytes, begin, this.#stderrOf(segment)))
      left -= bytes.length
      if (left <= 0) break
    }
    return runs
  }

  #write(segment: Segment, stream: Stream, part: Buffer) {
    const begin = segment.start + segment.size
    appendFileSync(this.#path(segment, 'log'), part, { mode: 0o600 })
    if (stream === 'stderr') appendFileSync(this.#path(segment, 'stderr'), `${begin} ${begin + part.length}\n`, { mode: 0o600 })
    segment.size += part.length
    segment.lines += linesIn(part)
  }

  #room(): Segment {
    const last = this.#segments.at(-1)
    return last && last.size < SEGMENT_BYTES ? last : this.#open(this.size)
  }

  #open(start: number): Segment {
    if (this.#segments.length === 0) mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const segment = { start, size: 0, lines: 0 }
    this.#segments.push(segment)
    while (this.#segments.length > KEPT_SEGMENTS) this.#drop(this.#segments.shift() as Segment)
    return segment
  }

  #drop(segment: Segment) {
    this.#cutLines += segment.lines
    writeFileSync(join(this.#folder, 'cut-lines'), String(this.#cutLines), { mode: 0o600 })
    for (const kind of ['log', 'stderr'] as const) rmSync(this.#path(segment, kind), { force: true })
  }

  #stderrOf(segment: Segment): [number, number][] {
    return readText(this.#path(segment, 'stderr'))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ').map(Number) as [number, number])
  }

  #path({ start }: Segment, kind: 'log' | 'stderr') {
    return join(this.#folder, `${String(start).padStart(15, '0')}.${kind}`)
  }
}

export function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

function segmentsIn(folder: string): Segment[] {
  return listing(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name))
      return { start: Number.parseInt(name, 10), size: bytes.length, lines: linesIn(bytes) }
    })
}

function split(bytes: Buffer, offset: number, stderr: readonly [number, number][]): Run[] {
  const runs: Run[] = []
  const end = offset + bytes.length
  const push = (stream: Stream, from: number, to: number) => {
    if (from >= to) return
    const last = runs.at(-1)
    const part = bytes.subarray(from - offset, to - offset)
    if (last?.stream === stream) last.bytes = bytes.subarray(last.offset - offset, to - offset)
    else runs.push({ offset: from, stream, bytes: part })
  }
  let at = offset
  for (const [from, to] of stderr) {
    if (to <= at || from >= end) continue
    push('stdout', at, Math.max(at, from))
    push('stderr', Math.max(at, from), Math.min(end, to))
    at = Math.min(end, to)
  }
  push('stdout', at, end)
  return runs
}

function readAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafe(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, position))
  } finally {
    closeSync(file)
  }
}

const listing = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const modifiedAt = (path: string) => statSync(path).mtimeMs
