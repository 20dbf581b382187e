import { printableLines } from '../input/printable.ts'
import { EVERY_KIND, isNamed } from '../log/kinds.ts'
import { LOCAL, type LoggedEvent } from '../log/log.ts'
import { stderr } from '../server-log.ts'
import { Channel, type ChannelStats, type Sink } from './channel.ts'
import { frame, nudgeFrame } from './frame.ts'

/** The first change is sent at once; later ones within this time are sent together. */
export const FLUSH_MS = 50
const PULSE_MS = 250

export interface Topic {
  name: string
  staleOn: readonly string[]
  isQuiet?: boolean
}

type Listener = (written: readonly LoggedEvent[]) => void

/**
 * Tells readers which topics a commit made stale. A channel holds at most one nudge per topic, and a later one replaces
 * it, so nothing queues and nothing is lost.
 */
export class Hub {
  readonly epoch: string
  readonly stats: ChannelStats & { wakes: number } = { wakes: 0, frames: 0, writes: 0, coalesced: 0, deferred: 0 }
  readonly #topics: readonly Topic[]
  readonly #versions: Map<string, number>
  readonly #channels = new Set<Channel>()
  readonly #listeners = new Set<Listener>()
  readonly #stale = new Map<string, number>()
  readonly #pulses = new Map<string, { subject: string; bytes: Buffer }>()
  #head: number
  #flushedAt = Number.NEGATIVE_INFINITY
  #flushDue: NodeJS.Timeout | NodeJS.Immediate | undefined
  #pulsedAt = Number.NEGATIVE_INFINITY
  #pulseDue: NodeJS.Timeout | undefined

  /** `versions`: the seq of the last event that made each topic stale, read from the log at start. */
  constructor({ epoch, head, topics, versions }: { epoch: string; head: number; topics: readonly Topic[]; versions: Record<string, number> }) {
    this.epoch = epoch
    this.#head = head
    this.#topics = topics
    this.#versions = new Map(topics.map(({ name }) => [name, versions[name] ?? 0]))
  }

  get head(): number {
    return this.#head
  }

  version(topic: string): number {
    return this.#versions.get(topic) ?? 0
  }

  get topics(): string[] {
    return [...this.#versions.keys()]
  }

  get loud(): string[] {
    return this.#topics.filter(({ isQuiet }) => !isQuiet).map(({ name }) => name)
  }

  get readers(): number {
    return this.#channels.size
  }

  /** Wakes every reader. Events of other programs make no topic stale, whatever their kind. Never waits or throws, since the change is committed. */
  wake(written: readonly LoggedEvent[]) {
    this.stats.wakes++
    for (const { seq, kind, subject, source } of written) {
      this.#head = Math.max(this.#head, seq)
      const isLocal = source === LOCAL
      for (const { name, staleOn } of this.#topics) if (isLocal ? isNamed(kind, staleOn) : staleOn.includes(EVERY_KIND)) this.#mark(name, seq)
      if (isLocal) this.#mark(subject, seq)
    }
    for (const listener of this.#listeners) attempt(() => listener(written))
    const wait = this.#flushedAt + FLUSH_MS - performance.now()
    this.#flushDue ??= wait <= 0 ? setImmediate(() => this.#flush()) : setTimeout(() => this.#flush(), wait)
  }

  /** Sends `event` to the readers that watch `subject`. Only the latest counts, and none is stored. */
  pulse(subject: string, event: string, data: unknown) {
    this.#pulses.set(event, { subject, bytes: frame({ event, data }) })
    this.#pulseDue ??= setTimeout(() => this.#flushPulses(), Math.max(0, this.#pulsedAt + PULSE_MS - performance.now()))
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  subscribe(sink: Sink, topics: ReadonlySet<string>): Channel {
    const channel = new Channel(sink, topics, this.stats)
    this.#channels.add(channel)
    return channel
  }

  unsubscribe(channel: Channel) {
    this.#channels.delete(channel)
  }

  #mark(topic: string, seq: number) {
    if (this.#stale.has(topic)) this.stats.coalesced++
    this.#stale.delete(topic)
    this.#stale.set(topic, seq)
    if (this.#versions.has(topic)) this.#versions.set(topic, seq)
  }

  /** Topics are sent in the order of their last change, so that a cursor never passes one that was not sent. */
  #flush() {
    this.#flushDue = undefined
    this.#flushedAt = performance.now()
    const nudges = [...this.#stale].map(([topic, seq]) => ({ topic, seq, bytes: nudgeFrame(topic, seq, this.epoch) }))
    this.#stale.clear()
    for (const channel of this.#channels) attempt(() => channel.mark(nudges))
  }

  #flushPulses() {
    this.#pulseDue = undefined
    this.#pulsedAt = performance.now()
    for (const { subject, bytes } of this.#pulses.values()) {
      for (const channel of this.#channels) if (channel.topics.has(subject)) attempt(() => channel.send(bytes))
    }
    this.#pulses.clear()
  }
}

/** One reader's failure must not affect the others. */
function attempt(act: () => void) {
  try {
    act()
  } catch (error) {
    stderr.write(printableLines(`telltale: a reader failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`))
  }
}
