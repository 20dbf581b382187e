import { appendFileSync, closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { linesIn, type Run, type Stream } from '../../db/index.ts'

type Range = [begin: number, end: number]

/** A file named by the offset of its first byte. A second file lists the ranges of stderr. */
export class Segment {
  readonly start: number
  readonly #folder: string
  #size: number
  #lines: number | undefined
  #stderr: Range[] | undefined

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

  append(stream: Stream, part: Buffer) {
    const lines = this.#lines
    const begin = this.end
    appendFileSync(this.#path('log'), part, { mode: 0o600 })
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

  remove() {
    for (const kind of ['log', 'stderr'] as const) rmSync(this.#path(kind), { force: true })
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

  #stderrRanges(): Range[] {
    this.#stderr ??= textOf(this.#path('stderr'))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ').map(Number) as Range)
    return this.#stderr
  }

  #onDisk() {
    return statSync(this.#path('log'), { throwIfNoEntry: false })
  }

  #path(kind: 'log' | 'stderr') {
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
