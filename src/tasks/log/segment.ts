import { appendFileSync, closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { type Arrival, linesIn, type Run, type Stream } from '../../db/index.ts'

type Range = [begin: number, end: number]

/** Chunks that arrive within this have one time, so that a file of times stays smaller than its segment. */
const SAME_TIME_MS = 100

/** A file named by the offset of its first byte. A second file lists the ranges of stderr, a third when bytes arrived. */
export class Segment {
  readonly start: number
  readonly #folder: string
  #size: number
  #lines: number | undefined
  #stderr: Range[] | undefined
  #arrivals: Arrival[] | undefined

  private constructor(folder: string, start: number, size: number) {
    this.#folder = folder
    this.start = start
    this.#size = size
  }

  static create(folder: string, start: number): Segment {
    const segment = new Segment(folder, start, 0)
    segment.#lines = 0
    return segment
  }

  static allIn(folder: string): Segment[] {
    const starts = namesIn(folder)
      .filter((name) => /^\d{15,16}\.log$/.test(name))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b)
    return starts.map((start, at) => {
      const segment = new Segment(folder, start, 0)
      segment.#size = Math.min(segment.#onDisk()?.size ?? 0, (starts[at + 1] ?? Number.POSITIVE_INFINITY) - start)
      return segment
    })
  }

  get size(): number {
    return this.#size
  }

  get end(): number {
    return this.start + this.#size
  }

  get lines(): number {
    this.#lines ??= linesIn(this.#bytes(this.start, this.#size))
    return this.#lines
  }

  get modifiedAt(): number {
    return this.#onDisk()?.mtimeMs ?? 0
  }

  /** False if someone shortened the file: new bytes then need another segment. */
  isWhole(): boolean {
    const size = this.#onDisk()?.size ?? 0
    // A write that failed on a full disk may have left a part.
    if (size > this.#size) truncateSync(this.#path('log'), this.#size)
    if (size >= this.#size) return true
    this.#size = size
    this.#lines = undefined
    return false
  }

  append(stream: Stream, part: Buffer, now = Date.now()) {
    const lines = this.#lines
    const begin = this.end
    appendFileSync(this.#path('log'), part, { mode: 0o600 })
    this.#note({ start: begin, at: now })
    if (stream === 'stderr') {
      const ranges = this.#stderrRanges()
      appendFileSync(this.#path('stderr'), `${begin} ${begin + part.length}\n`, { mode: 0o600 })
      ranges.push([begin, begin + part.length])
    }
    this.#size += part.length
    if (lines !== undefined) this.#lines = lines + linesIn(part)
  }

  read(from: number, most: number): Run[] {
    const begin = Math.max(from, this.start)
    const bytes = this.#bytes(begin, Math.min(this.end - begin, most))
    return bytes.length > 0 ? byStream(bytes, begin, this.#stderrRanges()) : []
  }

  /** With the one before `from`, which is still true there. */
  arrivals(from: number, end: number): Arrival[] {
    const known = this.#knownArrivals()
    const first = known.findLastIndex(({ start }) => start <= from)
    return known.slice(Math.max(0, first)).filter(({ start }) => start < end)
  }

  remove() {
    for (const kind of ['log', 'stderr', 'times'] as const) rmSync(this.#path(kind), { force: true })
  }

  #bytes(begin: number, length: number): Buffer {
    if (length <= 0) return Buffer.alloc(0)
    try {
      return readAt(this.#path('log'), begin - this.start, length)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
      throw error
    }
  }

  #note(arrival: Arrival) {
    const known = this.#knownArrivals()
    const last = known.at(-1)
    if (last && Math.abs(arrival.at - last.at) < SAME_TIME_MS) return
    appendFileSync(this.#path('times'), `${arrival.start} ${arrival.at}\n`, { mode: 0o600 })
    known.push(arrival)
  }

  #knownArrivals(): Arrival[] {
    this.#arrivals ??= this.#pairs('times').map(([start, at]) => ({ start, at }))
    return this.#arrivals
  }

  #stderrRanges(): Range[] {
    this.#stderr ??= this.#pairs('stderr')
    return this.#stderr
  }

  /** The lines of a file beside the output: two numbers each. */
  #pairs(kind: 'stderr' | 'times'): Range[] {
    return textOf(this.#path(kind))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ').map(Number) as Range)
  }

  #onDisk() {
    return statSync(this.#path('log'), { throwIfNoEntry: false })
  }

  #path(kind: 'log' | 'stderr' | 'times') {
    return join(this.#folder, `${String(this.start).padStart(15, '0')}.${kind}`)
  }
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function byStream(bytes: Buffer, offset: number, stderr: readonly Range[]): Run[] {
  const runs: Run[] = []
  const end = offset + bytes.length
  const push = (stream: Stream, from: number, to: number) => {
    if (from >= to) return
    const last = runs.at(-1)
    if (last?.stream === stream) last.bytes = bytes.subarray(last.offset - offset, to - offset)
    else runs.push({ offset: from, stream, bytes: bytes.subarray(from - offset, to - offset) })
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

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
