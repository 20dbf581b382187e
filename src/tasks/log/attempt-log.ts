import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Arrival, type AttemptOutput, linesIn, type Run } from '../../db/index.ts'
import { Segment, textOf } from './segment.ts'

/** Oldest segments are dropped beyond ten, so the end of the output is always kept. */
const SEGMENT_BYTES = 1_048_576
const KEPT_SEGMENTS = 10

/** Segment files named by their first offset. Offsets count every printed byte, so they stay valid when old segments are dropped. */
export class AttemptLog implements AttemptOutput {
  readonly folder: string
  readonly #segments: Segment[]
  #cutLines: number
  #grewAt: number

  constructor(folder: string) {
    this.folder = folder
    this.#segments = Segment.allIn(folder)
    this.#cutLines = Number(textOf(join(folder, 'cut-lines')) || 0)
    this.#grewAt = this.#segments.at(-1)?.modifiedAt ?? 0
  }

  get start(): number {
    return this.#segments[0]?.start ?? 0
  }

  get size(): number {
    return this.#segments.at(-1)?.end ?? 0
  }

  get firstLine(): number {
    return this.#cutLines + 1
  }

  get grewAt(): number {
    return this.#grewAt
  }

  /** False if it has these bytes already. Resending a chunk is safe. */
  append({ offset, stream, bytes }: Run, now = Date.now()): boolean {
    const fresh = bytes.subarray(Math.max(0, this.size - offset))
    if (fresh.length === 0) return false
    this.#prepare(Math.max(offset, this.size))
    for (let at = 0; at < fresh.length; ) {
      const segment = this.#room()
      const part = fresh.subarray(at, at + SEGMENT_BYTES - segment.size)
      segment.append(stream, part, now)
      at += part.length
    }
    this.#grewAt = now
    return true
  }

  /** Up to `most` bytes in printing order, from the first one that is kept. */
  read(from: number, most: number): Run[] {
    const runs: Run[] = []
    let left = most
    for (const segment of this.#segments) {
      if (left <= 0) break
      if (segment.end <= from) continue
      for (const run of segment.read(from, left)) {
        runs.push(run)
        left -= run.bytes.length
      }
    }
    return runs
  }

  tail(most: number): Run[] {
    let [from, left] = [this.size, most]
    for (const segment of this.#segments.toReversed()) {
      from = Math.max(segment.start, segment.end - left)
      left -= segment.end - from
      if (left <= 0) break
    }
    return this.read(from, most)
  }

  linesBefore(offset: number): number {
    let lines = 0
    for (const segment of this.#segments) {
      if (segment.start >= offset) break
      if (segment.end <= offset) lines += segment.lines
      else for (const { bytes } of segment.read(segment.start, offset - segment.start)) lines += linesIn(bytes)
    }
    return lines
  }

  *parts(): Generator<{ start: number; lines: number }> {
    for (const { start, lines } of this.#segments) yield { start, lines }
  }

  arrivals(from: number, end: number): Arrival[] {
    return this.#segments.filter((segment) => segment.end > from && segment.start < end).flatMap((segment) => segment.arrivals(from, end))
  }

  #room(): Segment {
    const last = this.#segments.at(-1)
    return last && last.size < SEGMENT_BYTES ? last : this.#open(this.size)
  }

  #prepare(offset: number) {
    const last = this.#segments.at(-1)
    if (!last || offset > last.end || !last.isWhole()) this.#open(offset)
  }

  #open(start: number): Segment {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const segment = Segment.create(this.folder, start)
    this.#segments.push(segment)
    while (this.#segments.length > KEPT_SEGMENTS) this.#drop(this.#segments.shift() as Segment)
    return segment
  }

  #drop(segment: Segment) {
    this.#cutLines += segment.lines
    writeFileSync(join(this.folder, 'cut-lines'), String(this.#cutLines), { mode: 0o600 })
    segment.remove()
  }
}
