import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { COMMENT, frame } from './frame.ts'

/** A stream whose socket takes nothing for this long is cut; its reader resumes from its cursor. */
export const STALL_MS = 10_000
/** Sent with a planned end, so that the reader comes back soon and not all at once. */
const RETRY_MS = 1_000
/** How long a shutdown waits for full sockets to take the goodbye. */
const GOODBYE_MS = 1_000
const GOODBYE_CHECK_MS = 20

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Cookie',
}

/**
 * One open response of server-sent events. The body is neither chunked nor compressed (`Connection: close`), so bytes
 * shared by all readers go to the socket as they are.
 */
export class Stream {
  readonly #socket: Socket
  readonly #closers: (() => void)[] = []
  readonly #stall: () => void
  #stalled: NodeJS.Timeout | undefined
  #open = true

  constructor(socket: Socket, { closed, stalled }: { closed: (act: () => void) => void; stalled: () => void }) {
    this.#socket = socket
    this.#stall = () => {
      stalled()
      this.cut()
    }
    socket.setKeepAlive(true, 30_000)
    closed(() => this.#close())
  }

  /** True while the kernel has not taken what was written: writing more would only grow our memory. */
  get blocked(): boolean {
    return this.#socket.writableNeedDrain
  }

  get isOpen(): boolean {
    return this.#open
  }

  write(bytes: Buffer) {
    if (!this.#open) return
    if (!this.#socket.write(bytes)) this.#stalled ??= setTimeout(() => this.#stall(), STALL_MS)
  }

  /** Ends the connection with no word; the reader comes back with its cursor. */
  cut() {
    this.#socket.destroy()
  }

  /** Calls `act` each time the socket can take more. */
  onDrain(act: () => void) {
    this.#socket.on('drain', () => {
      clearTimeout(this.#stalled)
      this.#stalled = undefined
      act()
    })
  }

  /** Calls `act` once, when the reader has gone or the stream has ended. */
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

  /** Says why and when to come back, then closes. */
  end(event: 'end' | 'server-restarting') {
    const data = event === 'end' ? 'timeout' : { retry_ms: RETRY_MS }
    if (this.#open) this.#socket.end(frame({ event, data, retry: RETRY_MS }))
  }

  #close() {
    if (!this.#open) return
    this.#open = false
    clearTimeout(this.#stalled)
    for (const act of this.#closers) act()
  }
}

/** All open streams, so that a shutdown can say goodbye to each and wait for none. */
export class Streams {
  /** Streams that were cut because their socket took nothing for too long. */
  cuts = 0
  /** How streams with a cursor began: with all that they missed, with the names of what is stale, or from scratch. */
  readonly resumes = { full: 0, partial: 0, reset: 0 }
  readonly #open = new Map<Stream, string>()
  readonly #maxSeconds: number

  constructor(maxSeconds: number) {
    this.#maxSeconds = maxSeconds
  }

  get size(): number {
    return this.#open.size
  }

  /** Answers the request with a stream; `owner` names the session or token that it is open for. */
  open(c: Context, owner: string): { stream: Stream; response: Response } {
    const { outgoing, incoming } = c.env as HttpBindings
    outgoing.useChunkedEncodingByDefault = false
    outgoing.shouldKeepAlive = false
    outgoing.writeHead(200, HEADERS)
    outgoing.flushHeaders()
    const stream = new Stream(incoming.socket, { closed: (act) => outgoing.on('close', act), stalled: () => this.cuts++ })
    this.#open.set(stream, owner)
    const spread = 0.9 + Math.random() * 0.2
    const lifetime = setTimeout(() => stream.end('end'), this.#maxSeconds * 1000 * spread)
    stream.onClose(() => {
      clearTimeout(lifetime)
      this.#open.delete(stream)
    })
    // A fresh Response each time: Hono's own constant is shared, and what one route adds to it reaches the next.
    return { stream, response: new Response(null, { headers: { 'x-hono-already-sent': 'true' } }) }
  }

  /** Ends the streams of one session or token, after a sign-out or a revocation. */
  endOf(owner: string) {
    for (const [stream, whose] of this.#open) if (whose === owner) stream.end('end')
  }

  /** Says goodbye to all, and waits a little for those whose sockets are full to hear it. */
  async endAll() {
    for (const stream of this.#open.keys()) stream.end('server-restarting')
    const deadline = performance.now() + GOODBYE_MS
    while (this.#open.size > 0 && performance.now() < deadline) await pause(GOODBYE_CHECK_MS)
  }
}
