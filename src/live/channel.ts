/** `blocked` is true while the socket is full; `drain` is called when it no longer is. */
export interface Sink {
  readonly blocked: boolean
  write(bytes: Buffer): void
}

interface Nudge {
  topic: string
  seq: number
  bytes: Buffer
}

export interface ChannelStats {
  frames: number
  writes: number
  coalesced: number
  deferred: number
}

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

  send(bytes: Buffer) {
    if (!this.#sink.blocked) this.#sink.write(bytes)
  }
}
