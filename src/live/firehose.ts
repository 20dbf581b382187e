import { z } from 'zod'
import { after, type LoggedEvent, oldest, parseCursor, windowOf } from '../log/log.ts'
import { type App, perApp } from './app.ts'
import { frame } from './frame.ts'
import { type Batches, Reader, type ReaderOptions, type ReaderStats } from './reader.ts'
import { Ring } from './ring.ts'
import type { Stream } from './stream.ts'

const HEARTBEAT_S = 10
/** Readers receive a byte at least this often: proxies time out after a minute, and a cursor should not age. */
const IDLE_MS = 15_000
const SUBJECT_HEARTBEAT_MS = 30_000
const TICK_MS = 5_000
const BACKFILL_EVENTS = 500
export const SUBJECT_CHARACTERS = 401

/** `?kinds=task.,approval.added`: a list of kinds, or of prefixes that end in a dot. */
export const Kinds = z
  .string()
  .max(1000)
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((kind) => kind.trim())
      .filter(Boolean),
  )

export const FirehoseQuery = z.object({
  kinds: Kinds,
  subject: z.string().max(SUBJECT_CHARACTERS).optional(),
  since: z.string().optional(),
  shape: z.enum(['flat', 'envelope']).default('envelope'),
  lossless: z
    .string()
    .optional()
    .transform((value) => value === '1' || value === 'true'),
  limit: z.coerce.number().int().min(0).max(BACKFILL_EVENTS).default(0),
})
export type FirehoseQuery = z.infer<typeof FirehoseQuery>

class Firehose {
  readonly stats: ReaderStats = { delivered: 0, gaps: 0, dropped: 0 }
  readonly #app: App
  readonly #ring: Ring
  readonly #readers = new Set<Reader>()
  readonly #timers: NodeJS.Timeout[]
  #due: NodeJS.Immediate | undefined

  constructor(app: App) {
    this.#app = app
    this.#ring = new Ring(app.epoch, app.hub.head)
    app.hub.listen((events) => {
      for (const event of events) this.#ring.push(event)
      // Commits of the same turn go out as one write per reader.
      this.#due ??= setImmediate(() => this.#flush())
    })
    this.#timers = [setInterval(() => this.tick(), TICK_MS).unref(), setInterval(() => this.#heartbeat(), HEARTBEAT_S * 1000).unref()]
  }

  get readers(): number {
    return this.#readers.size
  }

  get lag(): number {
    let most = 0
    for (const { lag } of this.#readers) most = Math.max(most, lag)
    return most
  }

  async open(stream: Stream, query: FirehoseQuery, resumeAt: string | undefined) {
    const { db, epoch, config, clock, streams } = this.#app
    const kept = await oldest(db)
    const backfill = resumeAt ? undefined : await this.#backfill(query)
    const { head } = this.#ring
    const lost = resumeAt ? whyLost(resumeAt, { epoch, head, oldest: kept }) : undefined
    if (resumeAt) streams.resumes[lost ? 'reset' : 'full']++
    const ready = {
      epoch,
      seq: head,
      oldest: kept,
      server_time: new Date(clock.now()).toISOString(),
      heartbeat_s: HEARTBEAT_S,
      max_s: config['stream-max-seconds'],
    }
    stream.write(frame({ event: 'ready', data: ready, retry: 1000 }))
    if (lost) stream.write(frame({ event: 'reset', data: { epoch, seq: head, reason: lost } }))
    this.#join(stream, query, resumeAt && !lost ? seqOf(resumeAt) : (backfill ?? head))
  }

  rewrite(rewrite: (event: LoggedEvent) => string | undefined) {
    this.#ring.rewrite(rewrite)
  }

  stop() {
    this.#timers.forEach(clearInterval)
    const goodbye = frame({ event: 'bridge_stopped', data: {} })
    for (const { stream } of this.#readers) stream.write(goodbye)
  }

  #join(stream: Stream, options: ReaderOptions, from: number) {
    const load = (seq: number, limit: number) => after(this.#app.db, seq, limit)
    const reader = new Reader(stream, from, options, { ring: this.#ring, load, stats: this.stats, clock: this.#app.clock })
    this.#readers.add(reader)
    stream.onClose(() => this.#readers.delete(reader))
    stream.onDrain(() => reader.pump(new Map()))
    reader.pump(new Map())
  }

  async #backfill({ limit, ...filter }: FirehoseQuery): Promise<number | undefined> {
    if (limit === 0) return undefined
    const newest = await windowOf(this.#app.db, filter, { since: 0, before: Number.POSITIVE_INFINITY, order: 'desc', limit })
    const first = newest.at(-1)
    return first && first.seq - 1
  }

  #flush() {
    this.#due = undefined
    const batches: Batches = new Map()
    for (const reader of this.#readers) reader.pump(batches)
  }

  #heartbeat() {
    const beat = frame({ event: 'bus.heartbeat', data: { interval: HEARTBEAT_S } })
    for (const { stream, options } of this.#readers) {
      if (options.subject === undefined && (options.kinds.length === 0 || options.kinds.includes('bus.heartbeat')) && !stream.blocked) stream.write(beat)
    }
  }

  tick() {
    const now = this.#app.clock.elapsed()
    const heartbeat = frame({ event: 'heartbeat', data: { timestamp: Math.floor(this.#app.clock.now() / 1000) } })
    for (const reader of this.#readers) {
      if (reader.stream.blocked) continue
      if (now - reader.wroteAt + TICK_MS > IDLE_MS) reader.keepAlive()
      if (reader.options.subject === undefined || now - reader.quietSince < SUBJECT_HEARTBEAT_MS) continue
      reader.quietSince = now
      reader.stream.write(heartbeat)
    }
  }
}

export const firehose = perApp((app) => new Firehose(app))

const seqOf = (cursor: string) => Number.parseInt(cursor, 10)

/** Why a reader cannot resume at its cursor; `0` is the start of the log. */
function whyLost(resumeAt: string, { epoch, head, oldest }: { epoch: string; head: number; oldest: number }): string | undefined {
  const cursor = parseCursor(resumeAt, epoch)
  if (cursor === null) return 'the cursor is invalid: it is neither a seq nor <seq>.<epoch>'
  if (cursor.epoch !== epoch) return 'the log was started over'
  if (cursor.seq > head) return 'the cursor is from the future'
  if (resumeAt !== '0' && cursor.seq < oldest - 1) return 'the events after the cursor were removed'
  return undefined
}
