/** Where a reader's frames go. A full socket says so by `blocked`, and calls the channel's `drain` when it is not. */
export interface Sink {
  readonly blocked: boolean
  write(bytes: Buffer): void
}

/** A topic's name is a panel's (`tasks`) or a thing's id (`t_9`). */
export interface Nudge {
  topic: string
  seq: number
  bytes: Buffer
}

/** What `/ui/hub` shows of all channels together. */
export interface ChannelStats {
  frames: number
  writes: number
  /** Nudges that a later one replaced before they were sent. */
  coalesced: number
  /** Writes put off because the socket was full. */
  deferred: number
}

/** One reader: the topics it wants, and for each of them at most one nudge that it has not been sent yet. */
export class Channel {
  readonly topics: ReadonlySet<string>
  readonly #sink: Sink
  readonly #stats: ChannelStats
  readonly #pending = new Map<string, Nudge>()

  constructor(sink: Sink, topics: ReadonlySet<string>, stats: ChannelStats) {
    this.#sink = sink
    this.topics = topics
    this.#stats = stats
  }

  mark(nudges: readonly Nudge[]) {
    for (const nudge of nudges) {
      if (!this.topics.has(nudge.topic)) continue
      if (this.#pending.delete(nudge.topic)) this.#stats.coalesced++
      this.#pending.set(nudge.topic, nudge)
    }
    this.drain()
  }

  /** Writes what is pending as one write, unless the socket is full: then its `drain` event calls this again. */
  drain() {
    if (this.#pending.size === 0) return
    if (this.#sink.blocked) {
      this.#stats.deferred++
      return
    }
    const frames = [...this.#pending.values()].map(({ bytes }) => bytes)
    this.#pending.clear()
    this.#stats.frames += frames.length
    this.#stats.writes++
    this.#sink.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames))
  }

  /** Writes a frame that may be missed: a full socket is passed over. */
  send(bytes: Buffer) {
    if (!this.#sink.blocked) this.#sink.write(bytes)
  }
}
