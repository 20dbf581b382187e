import { Channel, type ChannelStats, type Sink } from './channel.ts'
import { frame, nudgeFrame } from './frame.ts'
import { EVERY_KIND, isNamed } from './kinds.ts'
import { LOCAL, type LoggedEvent } from './log.ts'
import { stderr } from './log-stream.ts'
import { printableLines } from './printable.ts'

/** The leading edge goes out at once; after it, a change waits for the end of this. */
export const FLUSH_MS = 50
/** A pulse (a log that grew) goes out at most four times a second. */
export const PULSE_MS = 250

/** A panel as the hub knows it: its name, and the kinds that make it stale. */
export interface Topic {
  name: string
  staleOn: readonly string[]
  /** Only who asks for it by name is told. */
  isQuiet?: boolean
}

/** Hears of each commit, in order, with the events that it wrote. */
export type Listener = (written: readonly LoggedEvent[]) => void

/**
 * The doorbell: it knows only that the log moved and which topics that made stale. A reader's channel holds at most
 * one nudge for each topic, so nothing queues and nothing is dropped: a later change takes the earlier one's place.
 */
export class Hub {
  readonly epoch: string
  readonly stats: ChannelStats & { wakes: number } = { wakes: 0, frames: 0, writes: 0, coalesced: 0, deferred: 0 }
  readonly #panels: readonly Topic[]
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

  /** `versions`: the seq of the last event that made each panel stale, read from the log at start. */
  constructor({ epoch, head, panels, versions }: { epoch: string; head: number; panels: readonly Topic[]; versions: Record<string, number> }) {
    this.epoch = epoch
    this.#head = head
    this.#panels = panels
    this.#versions = new Map(panels.map(({ name }) => [name, versions[name] ?? 0]))
  }

  /** The seq of the newest committed event. */
  get head(): number {
    return this.#head
  }

  /** The version of a panel's partial: the seq of the last event that made it stale. */
  version(panel: string): number {
    return this.#versions.get(panel) ?? 0
  }

  get panels(): string[] {
    return [...this.#versions.keys()]
  }

  /** The panels that every page hears of. */
  get loud(): string[] {
    return this.#panels.filter(({ isQuiet }) => !isQuiet).map(({ name }) => name)
  }

  get readers(): number {
    return this.#channels.size
  }

  /** Wakes every reader. An event from outside changes no state here, whatever its kind. Never waits or throws, since the change is already committed. */
  wake(written: readonly LoggedEvent[]) {
    this.stats.wakes++
    for (const { seq, kind, subject, source } of written) {
      this.#head = Math.max(this.#head, seq)
      const isLocal = source === LOCAL
      for (const { name, staleOn } of this.#panels) if (isLocal ? isNamed(kind, staleOn) : staleOn.includes(EVERY_KIND)) this.#mark(name, seq)
      if (isLocal) this.#mark(subject.slice(subject.indexOf(':') + 1), seq)
    }
    for (const listener of this.#listeners) attempt(() => listener(written))
    const wait = this.#flushedAt + FLUSH_MS - performance.now()
    this.#flushDue ??= wait <= 0 ? setImmediate(() => this.#flush()) : setTimeout(() => this.#flush(), wait)
  }

  /** Sends `event` to the readers that watch `subject`: the latest wins, and none is stored. */
  pulse(subject: string, event: string, data: unknown) {
    this.#pulses.set(event, { subject, bytes: frame({ event, data }) })
    this.#pulseDue ??= setTimeout(() => this.#flushPulses(), Math.max(0, this.#pulsedAt + PULSE_MS - performance.now()))
  }

  /** The answer ends it. */
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

  /** Topics go out in the order of their last change, so a reader's cursor never passes one that it was not told of. */
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

/** A reader's failure is its own: it must not keep the others from hearing. */
function attempt(act: () => void) {
  try {
    act()
  } catch (error) {
    stderr.write(printableLines(`telltale: a reader failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`))
  }
}
