import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linesIn, type Run, Segment, type Stream, textOf } from './segment.ts'

/** Ten of these are kept: the tail wins, whatever a command prints. */
const SEGMENT_BYTES = 1_048_576
const KEPT_SEGMENTS = 10

/**
 * What one attempt printed, in files of a mebibyte named by the offset of their first byte. Offsets count every byte
 * that was printed, so a reader's place stays right when the oldest file goes. Bytes may be missing between two files,
 * so a reader goes from file to file, never from offset to offset.
 */
export class AttemptLog {
  readonly folder: string
  readonly #segments: Segment[]
  /** Lines that were in the files that are gone. */
  #cutLines: number
  #grewAt: number

  constructor(folder: string) {
    this.folder = folder
    this.#segments = Segment.allIn(folder)
    this.#cutLines = Number(textOf(join(folder, 'cut-lines')) || 0)
    this.#grewAt = this.#segments.at(-1)?.modifiedAt ?? 0
  }

  /** The offset of the first byte that is kept. */
  get start(): number {
    return this.#segments[0]?.start ?? 0
  }

  /** The offset after the last byte. */
  get size(): number {
    return this.#segments.at(-1)?.end ?? 0
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
    this.#prepare(Math.max(offset, this.size))
    for (let at = 0; at < fresh.length; ) {
      const segment = this.#room()
      const part = fresh.subarray(at, at + SEGMENT_BYTES - segment.size)
      segment.append(stream, part)
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
      if (left <= 0) break
      if (segment.end <= from) continue
      for (const run of segment.read(from, left)) {
        runs.push(run)
        left -= run.bytes.length
      }
    }
    return runs
  }

  /** The last `most` bytes. */
  tail(most: number): Run[] {
    let [from, left] = [this.size, most]
    for (const segment of this.#segments.toReversed()) {
      from = Math.max(segment.start, segment.end - left)
      left -= segment.end - from
      if (left <= 0) break
    }
    return this.read(from, most)
  }

  /** How many lines end before `offset`, of those that are kept. */
  linesBefore(offset: number): number {
    let lines = 0
    for (const segment of this.#segments) {
      if (segment.start >= offset) break
      if (segment.end <= offset) lines += segment.lines
      else for (const { bytes } of segment.read(segment.start, offset - segment.start)) lines += linesIn(bytes)
    }
    return lines
  }

  /** The files, each with how many lines end in it, oldest first: to find a line by its number. */
  *parts(): Generator<{ start: number; lines: number }> {
    for (const { start, lines } of this.#segments) yield { start, lines }
  }

  #room(): Segment {
    const last = this.#segments.at(-1)
    return last && last.size < SEGMENT_BYTES ? last : this.#open(this.size)
  }

  /** Makes the last file one that goes on at `offset`. */
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
