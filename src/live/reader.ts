import type { Clock } from './app.ts'
import { COMMENT, frame } from './frame.ts'
import { isNamed } from './kinds.ts'
import type { Filter, LoggedEvent } from './log.ts'
import { Record, type Ring, type Shape } from './ring.ts'
import type { Stream } from './stream.ts'

/** A live reader that is further behind than this loses the oldest, and is told how many. */
export const MOST_BEHIND = 1_000
/** Older events are read from the table in pages of this size. */
const PAGE = 500
/** About so much is written at once: what a slow socket does not take waits in our memory. */
const BATCH_BYTES = 262_144

export interface ReaderOptions extends Filter {
  shape: Shape
  /** Read what the ring no longer holds from the table, however far behind: nothing is dropped. */
  lossless: boolean
}

export interface ReaderStats {
  /** Records passed on to readers, each counted for every reader that had to look at it. */
  delivered: number
  /** Times that a slow reader was moved forward, and the records that it lost so. */
  gaps: number
  dropped: number
}

/** Reads up to `limit` events after `seq` from the table. */
export type Load = (seq: number, limit: number) => Promise<LoggedEvent[]>

/** The bytes from one place of the log to another, as the readers of one kind want them. */
interface Batch {
  /** Exclusive. */
  from: number
  to: number
  bytes: Buffer
}

/** For each kind of reader the batch that was put together last in this turn: the next reader is mostly at the same place. */
export type Batches = Map<string, Batch>

/**
 * One reader of the firehose: a cursor and a socket. Replay and live are the same loop, so nothing falls between them:
 * it reads on from its cursor, from the ring or from the table, while the socket takes it.
 */
export class Reader {
  readonly stream: Stream
  readonly options: ReaderOptions
  readonly #ring: Ring
  readonly #load: Load
  readonly #stats: ReaderStats
  readonly #clock: Clock
  /** What it wants, as text: readers with the same key at the same place share the bytes. */
  readonly #key: string
  #cursor: number
  /** False while it catches up with what it missed: that it asked for, and none of it is dropped. */
  #live = false
  /** True once events came while its socket was full. A burst that a willing socket has yet to be given loses nothing. */
  #late = false
  #loading = false
  /** When it was last written to, and when that last was a record, in monotonic ms. */
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

  /** Writes what the socket takes; a full one calls this again when it has drained. */
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

  /** A comment; for a filtered reader a frame without data, which moves its cursor past what it does not want to see. */
  keepAlive() {
    this.#write(this.isFiltered ? Buffer.from(`id: ${this.#cursor}.${this.#ring.epoch}\n\n`) : COMMENT)
  }

  /** What is in the ring from the cursor on, as one write; empty when the filter lets none of it pass. */
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

  /** A table that cannot be read ends this reader's connection, never the others': it comes back with its cursor. */
  async #fromTable() {
    this.#loading = true
    const events = await this.#load(this.#cursor, PAGE).catch(() => undefined)
    this.#loading = false
    if (!events) return this.stream.cut()
    if (events.length === 0) this.#cursor = this.#ring.head
    // Events in between were removed meanwhile: seqs have no holes, and a reader at 0 asked for whatever is left.
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

  /** Moves the cursor to `to` and sends how many events were skipped. */
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
