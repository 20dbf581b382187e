import type { Context } from 'hono'
import { z } from 'zod'
import type { Actor } from './actor.ts'
import { type App, perApp } from './app.ts'
import { frame } from './frame.ts'
import { after, type Cursor, oldest, parseCursor } from './log.ts'
import { type Batches, Reader, type ReaderOptions, type ReaderStats } from './reader.ts'
import { Ring } from './ring.ts'
import type { Stream } from './stream.ts'

export const HEARTBEAT_S = 10
/** No reader is left without a byte for longer: a proxy's patience ends at a minute, and a cursor should not age. */
const IDLE_MS = 15_000
const SUBJECT_HEARTBEAT_MS = 30_000
const TICK_MS = 5_000

const flag = z
  .string()
  .optional()
  .transform((value) => value === '1' || value === 'true')

export const FirehoseQuery = z.object({
  kinds: z
    .string()
    .max(1000)
    .optional()
    .transform(
      (value) =>
        value
          ?.split(',')
          .map((kind) => kind.trim())
          .filter(Boolean) ?? [],
    ),
  subject: z.string().max(200).optional(),
  since: z.string().max(100).optional(),
  shape: z.enum(['flat', 'envelope']).default('envelope'),
  lossless: flag,
})
export type FirehoseQuery = z.infer<typeof FirehoseQuery>

/** All readers of the log: one ring, one wake-up a turn, one heartbeat. */
class Firehose {
  readonly stats: ReaderStats & { resumed: number; reset: number; fresh: number } = { delivered: 0, gaps: 0, dropped: 0, resumed: 0, reset: 0, fresh: 0 }
  readonly #app: App
  readonly #ring: Ring
  readonly #readers = new Set<Reader>()
  #due: NodeJS.Immediate | undefined

  constructor(app: App) {
    this.#app = app
    this.#ring = new Ring(app.epoch, app.hub.head)
    app.hub.listen((events) => {
      for (const event of events) this.#ring.push(event)
      // One turn later all that this turn commits leaves as one write for each reader.
      this.#due ??= setImmediate(() => this.#flush())
    })
    setInterval(() => this.#tick(), TICK_MS).unref()
    setInterval(() => this.#heartbeat(), HEARTBEAT_S * 1000).unref()
  }

  get readers(): number {
    return this.#readers.size
  }

  /** How far the slowest reader is behind, in events. */
  get lag(): number {
    return Math.max(0, ...[...this.#readers].map(({ lag }) => lag))
  }

  /** Begins with `ready`, then what was missed since the cursor, then what happens. */
  async open(stream: Stream, query: FirehoseQuery, cursor: Cursor | null, isAnew: boolean) {
    const kept = await oldest(this.#app.db)
    const { epoch } = this.#app
    const { head } = this.#ring
    const why = isAnew ? undefined : cannotResume(cursor, { epoch, head, oldest: kept })
    const from = isAnew || why ? head : (cursor as Cursor).seq
    this.stats[isAnew ? 'fresh' : why ? 'reset' : 'resumed']++
    const { config, clock } = this.#app
    const ready = {
      epoch,
      seq: head,
      oldest: kept,
      server_time: new Date(clock.now()).toISOString(),
      heartbeat_s: HEARTBEAT_S,
      max_s: config['stream-max-seconds'],
    }
    stream.write(frame({ event: 'ready', data: ready, retry: 1000 }))
    if (why) stream.write(frame({ event: 'reset', data: { epoch, seq: head, reason: why } }))
    this.#join(stream, query, from)
  }

  #join(stream: Stream, options: ReaderOptions, from: number) {
    const load = (seq: number, limit: number) => after(this.#app.db, seq, limit)
    const reader = new Reader(stream, from, options, { ring: this.#ring, load, stats: this.stats })
    this.#readers.add(reader)
    stream.onClose(() => this.#readers.delete(reader))
    stream.onDrain(() => reader.pump(new Map()))
    reader.pump(new Map())
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

  #tick() {
    const now = performance.now()
    const told = frame({ event: 'heartbeat', data: { timestamp: Math.floor(this.#app.clock.now() / 1000) } })
    for (const reader of this.#readers) {
      if (reader.stream.blocked) continue
      if (now - reader.wroteAt + TICK_MS > IDLE_MS) reader.keepAlive()
      if (reader.options.subject === undefined || now - reader.quietSince < SUBJECT_HEARTBEAT_MS) continue
      reader.quietSince = now
      reader.stream.write(told)
    }
  }
}

export const firehose = perApp((app) => new Firehose(app))

/** `GET /api/events` as a stream, or `/api/<noun>/<id>/events` for one subject. */
export async function openFirehose(app: App, actor: Actor, c: Context, query: FirehoseQuery): Promise<Response> {
  // A browser's own reconnect sends the URL's old cursor and a fresh header: the header wins.
  const asked = c.req.header('last-event-id') ?? query.since
  const { stream, response } = app.streams.open(c, actor.credential ?? actor.name)
  await firehose(app).open(stream, query, asked === '0' ? { seq: 0, epoch: app.epoch } : parseCursor(asked), asked === undefined || asked === '')
  return response
}

function cannotResume(cursor: Cursor | null, { epoch, head, oldest }: { epoch: string; head: number; oldest: number }): string | undefined {
  if (cursor === null) return 'the cursor cannot be read'
  if (cursor.epoch !== epoch) return 'the log began anew'
  if (cursor.seq > head) return 'the cursor is from the future'
  if (cursor.seq < oldest - 1) return 'the log no longer reaches back that far'
  return undefined
}
