import { COMMENT, frame } from './frame.ts'
import { isNamed } from './kinds.ts'
import type { Filter, LoggedEvent } from './log.ts'
import { Record, type Ring, type Shape } from './ring.ts'
import type { Stream } from './stream.ts'

/** A live reader that is further behind than this loses the oldest, and is told how many. */
export const MOST_BEHIND = 1_000
/** Older events are read from the table in pages of this size. */
const PAGE = 500

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

/** Bytes that were put together for one reader in this turn, for the next one at the same place. */
export type Batches = Map<string, Buffer>

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
  /** What it wants, as text: readers with the same key at the same place share the bytes. */
  readonly #key: string
  #cursor: number
  /** False while it catches up with what it missed: that it asked for, and none of it is dropped. */
  #live = false
  #loading = false
  /** When it was last written to, and when that last was a record, in monotonic ms. */
  wroteAt = performance.now()
  quietSince = performance.now()

  constructor(stream: Stream, from: number, options: ReaderOptions, { ring, load, stats }: { ring: Ring; load: Load; stats: ReaderStats }) {
    this.stream = stream
    this.options = options
    this.#ring = ring
    this.#load = load
    this.#stats = stats
    this.#key = `${options.shape} ${options.subject ?? ''} ${options.kinds.join()}`
    this.#cursor = from
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
    if (this.#loading || stream.blocked) return
    if (this.#live && !this.options.lossless && this.lag > MOST_BEHIND) this.#skip()
    while (stream.isOpen && !stream.blocked && this.lag > 0) {
      if (!this.#ring.reaches(this.#cursor + 1)) return void this.#fromTable()
      this.#records(this.#batch(batches))
    }
    if (this.lag === 0) this.#live = true
  }

  /** A comment; for a filtered reader a frame without data, which moves its cursor past what it does not want to see. */
  keepAlive() {
    this.#write(this.isFiltered ? Buffer.from(`id: ${this.#cursor}.${this.#ring.epoch}\n\n`) : COMMENT)
  }

  /** All that is in the ring from the cursor on, as one write; undefined when the filter lets none of it pass. */
  #batch(batches: Batches): Buffer | undefined {
    const to = Math.min(this.#ring.head, this.#cursor + MOST_BEHIND)
    const key = `${this.#cursor} ${to} ${this.#key}`
    let bytes = batches.get(key)
    if (bytes === undefined) {
      bytes = this.#encode(to)
      batches.set(key, bytes)
    }
    this.#stats.delivered += to - this.#cursor
    this.#cursor = to
    return bytes.length > 0 ? bytes : undefined
  }

  #encode(to: number): Buffer {
    const frames: Buffer[] = []
    for (let seq = this.#cursor + 1; seq <= to; seq++) {
      const record = this.#ring.at(seq)
      if (record && this.#wants(record.event)) frames.push(record.frame(this.options.shape))
    }
    return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
  }

  /** A table that cannot be read ends this reader's connection, never the others': it comes back with its cursor. */
  async #fromTable() {
    this.#loading = true
    const events = await this.#load(this.#cursor, PAGE).catch(() => undefined)
    this.#loading = false
    if (!events) return this.stream.cut()
    const wanted = events.filter((event) => this.#wants(event)).map((event) => new Record(event, this.#ring.epoch).frame(this.options.shape))
    this.#stats.delivered += events.length
    this.#cursor = events.at(-1)?.seq ?? this.#ring.head
    if (wanted.length > 0) this.#records(Buffer.concat(wanted))
    this.pump(new Map())
  }

  #wants({ kind, subject }: LoggedEvent): boolean {
    const { kinds, subject: only } = this.options
    return (only === undefined || subject === only) && (kinds.length === 0 || isNamed(kind, kinds))
  }

  #skip() {
    const from = this.#cursor + 1
    this.#cursor = this.#ring.head - MOST_BEHIND
    const dropped = this.#cursor - from + 1
    this.#stats.gaps++
    this.#stats.dropped += dropped
    this.#write(frame({ event: 'gap', data: { from, to: this.#cursor, dropped } }))
  }

  #records(bytes: Buffer | undefined) {
    if (!bytes) return
    this.quietSince = performance.now()
    this.#write(bytes)
  }

  #write(bytes: Buffer) {
    this.wroteAt = performance.now()
    this.stream.write(bytes)
  }
}
