import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { tooMany } from '../input/problem.ts'
import type { Actor } from '../log/actor.ts'
import type { Clock } from '../time/clock.ts'
import { COMMENT, frame } from './frame.ts'

/** A stream whose socket accepts nothing for this long is cut; its reader resumes from its cursor. */
export const STALL_MS = 10_000
/** Sent with a planned end, so that readers return soon, but not all at once. */
const RETRY_MS = 1_000
/** How long a shutdown waits for full sockets to accept the last frame: readers on a busy machine need a few seconds. */
const GOODBYE_MS = 5_000
const GOODBYE_CHECK_MS = 20

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Cookie',
}

/** Server-sent events, neither chunked nor compressed (`Connection: close`), so that all readers share the same bytes. */
export class Stream {
  readonly #socket: Socket
  readonly #closers: (() => void)[] = []
  readonly #stall: () => void
  readonly #stallMs: number
  #stalled: NodeJS.Timeout | undefined
  #open = true
  #ended = false
  /** Cached, as reading it from the socket is the most expensive part of a frame. */
  #full = false
  readonly #drains: (() => void)[] = []

  constructor(socket: Socket, { closed, stalled, stallMs }: { closed: (act: () => void) => void; stalled: () => void; stallMs: number }) {
    this.#socket = socket
    this.#stallMs = stallMs
    this.#stall = () => {
      stalled()
      this.cut()
    }
    socket.setKeepAlive(true, 30_000)
    socket.on('drain', () => this.#drained())
    closed(() => this.#close())
  }

  /** True until the kernel has taken what was written; writing more would use up memory. */
  get blocked(): boolean {
    return this.#full
  }

  get isOpen(): boolean {
    return this.#open && !this.#ended
  }

  write(bytes: Buffer) {
    if (!this.isOpen) return
    if (this.#socket.write(bytes)) return
    this.#full = true
    this.#stalled ??= setTimeout(() => this.#stall(), this.#stallMs)
  }

  cut() {
    this.#socket.destroy()
  }

  onDrain(act: () => void) {
    this.#drains.push(act)
  }

  onClose(act: () => void) {
    if (this.#open) this.#closers.push(act)
    else act()
  }

  every(ms: number, act: () => void) {
    const timer = setInterval(act, ms)
    this.onClose(() => clearInterval(timer))
  }

  comment() {
    if (!this.blocked) this.write(COMMENT)
  }

  end(event: 'end' | 'server-restarting') {
    this.finish(frame({ event, data: event === 'end' ? 'timeout' : { retry_ms: RETRY_MS }, retry: RETRY_MS }))
  }

  finish(last: Buffer) {
    if (!this.isOpen) return
    this.#ended = true
    this.#socket.end(last)
    this.#stalled ??= setTimeout(() => this.#stall(), this.#stallMs)
  }

  leave() {
    this.#ended = true
    this.#socket.end()
  }

  #drained() {
    this.#full = false
    clearTimeout(this.#stalled)
    this.#stalled = undefined
    for (const act of this.#drains) act()
  }

  #close() {
    if (!this.#open) return
    this.#open = false
    clearTimeout(this.#stalled)
    for (const act of this.#closers) act()
  }
}

type StreamKind = 'page' | 'panel' | 'events' | 'output'

const CROWDED_S = 5

interface StreamLimits {
  maxSeconds: number
  perCaller: number
}

export class Streams {
  cuts = 0
  stallMs = STALL_MS
  readonly resumes = { full: 0, partial: 0, reset: 0 }
  readonly #open = new Map<Stream, { owner: string; kind: StreamKind }>()
  readonly #onEndOf: (() => void)[] = []
  readonly #limits: StreamLimits
  readonly #clock: Clock

  constructor(limits: StreamLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  get size(): number {
    return this.#open.size
  }

  count(kind: StreamKind): number {
    let count = 0
    for (const stream of this.#open.values()) if (stream.kind === kind) count++
    return count
  }

  /** Opens a stream that ends no later than the caller's credential. Throws rate_limited. */
  open(outgoing: ServerResponse, actor: Actor, kind: StreamKind = 'output'): Stream {
    const { credential } = actor
    if (credential !== undefined) this.#mustHaveRoom(credential)
    const { req: incoming } = outgoing
    outgoing.useChunkedEncodingByDefault = false
    outgoing.shouldKeepAlive = false
    outgoing.writeHead(200, HEADERS)
    outgoing.flushHeaders()
    const stream = new Stream(incoming.socket, { closed: (act) => outgoing.on('close', act), stalled: () => this.cuts++, stallMs: this.stallMs })
    this.#open.set(stream, { owner: credential ?? actor.name, kind })
    const lifetime = setTimeout(() => stream.end('end'), this.#lifetimeOf(actor))
    stream.onClose(() => {
      clearTimeout(lifetime)
      this.#open.delete(stream)
    })
    if (incoming.method === 'HEAD') stream.leave()
    return stream
  }

  onEndOf(act: () => void) {
    this.#onEndOf.push(act)
  }

  /** `credential`: the whole of it, or its beginning. */
  endOf(credential: string) {
    for (const act of this.#onEndOf) act()
    for (const [stream, { owner }] of this.#open) if (owner.startsWith(credential)) stream.end('end')
  }

  #mustHaveRoom(credential: string) {
    const { perCaller } = this.#limits
    let held = 0
    for (const { owner } of this.#open.values()) if (owner === credential) held++
    if (held >= perCaller) throw tooMany(`This token or session already has ${perCaller} open streams. Close one, or raise --max-streams.`, CROWDED_S)
  }

  #lifetimeOf({ expiresAt = Number.POSITIVE_INFINITY }: Actor): number {
    // Whole seconds, because Node keeps a timer list for each duration.
    const usual = Math.round(this.#limits.maxSeconds * (0.9 + Math.random() * 0.2)) * 1000
    return Math.max(0, Math.min(usual, expiresAt - this.#clock.now()))
  }

  async endAll() {
    for (const stream of this.#open.keys()) stream.end('server-restarting')
    const deadline = performance.now() + GOODBYE_MS
    while (this.#open.size > 0 && performance.now() < deadline) await pause(GOODBYE_CHECK_MS)
  }
}
