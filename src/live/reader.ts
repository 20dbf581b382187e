import { isNamed } from '../log/kinds.ts'
import type { Filter, LoggedEvent } from '../log/log.ts'
import type { Clock } from '../time/clock.ts'
import { COMMENT, frame } from './frame.ts'
import { Record, type Ring, type Shape } from './ring.ts'
import type { Stream } from './stream.ts'

/** A live reader further behind skips the oldest events, and is sent their number. */
export const MOST_BEHIND = 1_000
const PAGE = 500
const BATCH_BYTES = 262_144

export interface ReaderOptions extends Filter {
  shape: Shape
  lossless: boolean
}

export interface ReaderStats {
  delivered: number
  gaps: number
  dropped: number
}

type Load = (seq: number, limit: number) => Promise<LoggedEvent[]>

interface Batch {
  from: number
  to: number
  bytes: Buffer
}

export type Batches = Map<string, Batch>

/** A cursor and a socket. Replay and live are one loop, from the ring or the table, for as long as the socket accepts more. */
export class Reader {
  readonly stream: Stream
  readonly options: ReaderOptions
  readonly #ring: Ring
  readonly #load: Load
  readonly #stats: ReaderStats
  readonly #clock: Clock
  readonly #key: string
  #cursor: number
  /** False while it catches up; nothing is skipped then. */
  #live = false
  /** True once events arrived while its socket was full. Without that, a burst skips nothing. */
  #late = false
  #loading = false
  wroteAt: number
  quietSince: number

  constructor(
    stream: Stream,
    from: number,
    options: ReaderOptions,
    { ring, load, stats, clock }: { ring: Ring; load: Load; stats: ReaderStats; clock: Clock },
  ) {
    this.stream = stream
    this.options = options
    this.#ring = ring
    this.#load = load
    this.#stats = stats
    this.#clock = clock
    this.#key = JSON.stringify([options.shape, options.subject, options.kinds])
    this.#cursor = from
    this.wroteAt = this.quietSince = clock.elapsed()
  }

  get lag(): number {
    return this.#ring.head - this.#cursor
  }

  get isFiltered(): boolean {
    return this.options.kinds.length > 0 || this.options.subject !== undefined
  }

  pump(batches: Batches) {
    const { stream } = this
    if (stream.blocked) this.#late = true
    if (this.#loading || stream.blocked) return
    if (this.#live && this.#late && !this.options.lossless && this.lag > MOST_BEHIND) this.#skip()
    while (stream.isOpen && !stream.blocked && this.lag > 0) {
      if (!this.#ring.reaches(this.#cursor + 1)) return void this.#fromTable()
      this.#records(this.#batch(batches))
    }
    if (this.lag > 0) return
    this.#live = true
    this.#late = false
  }

  keepAlive() {
    this.#write(this.isFiltered ? Buffer.from(`id: ${this.#cursor}.${this.#ring.epoch}\n\n`) : COMMENT)
  }

  #batch(batches: Batches): Buffer {
    let batch = batches.get(this.#key)
    if (batch?.from !== this.#cursor) {
      batch = this.#encode(this.#cursor)
      batches.set(this.#key, batch)
    }
    this.#stats.delivered += batch.to - batch.from
    this.#cursor = batch.to
    return batch.bytes
  }

  #encode(from: number): Batch {
    const frames: Buffer[] = []
    let to = from
    for (let size = 0; to < this.#ring.head && size < BATCH_BYTES; ) {
      const record = this.#ring.at(++to)
      if (!record || !this.#wants(record.event)) continue
      const bytes = record.frame(this.options.shape)
      size += bytes.length
      frames.push(bytes)
    }
    return { from, to, bytes: frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames) }
  }

  /** If the table cannot be read, only this reader's connection ends, and it resumes with its cursor. */
  async #fromTable() {
    this.#loading = true
    const events = await this.#load(this.#cursor, PAGE).catch(() => undefined)
    this.#loading = false
    if (!events) return this.stream.cut()
    if (events.length === 0) this.#cursor = this.#ring.head
    // Events in between were removed meanwhile. A reader at 0 wants whatever is left.
    else if (this.#cursor > 0) this.#moveOn((events[0] as LoggedEvent).seq - 1)
    const frames: Buffer[] = []
    let size = 0
    for (const event of events) {
      this.#cursor = event.seq
      this.#stats.delivered++
      if (!this.#wants(event)) continue
      const bytes = new Record(event, this.#ring.epoch).frame(this.options.shape)
      size += bytes.length
      frames.push(bytes)
      if (size >= BATCH_BYTES) break
    }
    this.#records(Buffer.concat(frames))
    this.pump(new Map())
  }

  #wants({ kind, subject }: LoggedEvent): boolean {
    const { kinds, subject: only } = this.options
    return (only === undefined || subject === only) && (kinds.length === 0 || isNamed(kind, kinds))
  }

  #skip() {
    this.#moveOn(this.#ring.head - MOST_BEHIND)
  }

  #moveOn(to: number) {
    const from = this.#cursor + 1
    if (to < from) return
    this.#cursor = to
    const dropped = to - from + 1
    this.#stats.gaps++
    this.#stats.dropped += dropped
    this.#write(frame({ event: 'gap', data: { from, to: this.#cursor, dropped } }))
  }

  #records(bytes: Buffer) {
    if (bytes.length === 0) return
    this.#write(bytes)
    this.quietSince = this.wroteAt
  }

  #write(bytes: Buffer) {
    this.wroteAt = this.#clock.elapsed()
    this.stream.write(bytes)
  }
}
