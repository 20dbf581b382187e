import { clearImmediate, setImmediate } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { SseParser } from './sse.js'
import { backOff, isPassing, stranger } from './wire.js'

/** A heartbeat may be late or lost once; after two and a half the connection is given up. */
const PATIENCE = 2.5
const HEARTBEAT_S = 10
const RETRY_MS = 500

/** Events were missed for good, and there was no `onReset` or `onGap` to be told so. */
export class Missed extends Error {
  name = 'Missed'

  /** @param {string} message @param {Record<string, any>} told what the server said */
  constructor(message, told) {
    super(message)
    this.told = told
  }
}

/** The server's events from a cursor on, over as many connections as it takes: none is missed, none comes twice. */
export class Subscription {
  #wire
  #options
  /** The last id seen: where the next connection goes on. */
  #cursor = ''
  #failures = 0
  #retryMs = RETRY_MS
  #silenceMs = PATIENCE * HEARTBEAT_S * 1000

  /** @param {import('./wire.js').Wire} wire @param {import('./index.js').SubscribeOptions} options */
  constructor(wire, options) {
    this.#wire = wire
    this.#options = options
  }

  /** Ends with its signal, and with the loop that reads it. Throws Refused, Missed and what a callback throws. */
  async *events() {
    const { signal } = this.#options
    while (!signal?.aborted) {
      let least = 0
      try {
        yield* this.#connection()
      } catch (error) {
        if (signal?.aborted) return
        if (!isPassing(error)) throw error
        least = error.retryAfterMs ?? 0
      }
      const ms = Math.max(least, backOff(this.#failures++, this.#retryMs))
      await pause(ms, undefined, { ...(signal && { signal }) }).catch(() => {})
    }
  }

  async *#connection() {
    const res = await this.#open()
    const parser = new SseParser()
    for await (const chunk of this.#chunks(res)) {
      for (const { event, data: json, id, retry } of parser.feed(chunk)) {
        if (id) this.#cursor = id
        this.#retryMs = retry ?? this.#retryMs
        if (json === undefined) continue // it moved the cursor past what a filter hid
        const data = parsed(json)
        if (data.kind === event) yield Object.defineProperty(data, 'json', { value: json })
        else if (await this.#isEnd(event, data)) return
      }
    }
  }

  async #open() {
    const headers = { accept: 'text/event-stream', ...(this.#cursor && { 'last-event-id': this.#cursor }) }
    const res = await this.#wire.stream(`/api/events?${this.#query()}`, { headers, signal: this.#options.signal })
    if (res.headers['content-type']?.startsWith('text/event-stream')) return res
    res.destroy()
    throw stranger(this.#wire)
  }

  /** What arrives, until the connection breaks or has been silent for too long. */
  async *#chunks(res) {
    const chunks = res[Symbol.asyncIterator]()
    try {
      for (;;) {
        let late
        // After a pause, pending data is read first.
        const watchdog = setTimeout(() => (late = setImmediate(() => res.destroy())), this.#silenceMs)
        const next = await chunks.next().catch(() => ({ done: true, value: undefined }))
        clearTimeout(watchdog)
        clearImmediate(late)
        if (next.done) return
        yield next.value
      }
    } finally {
      res.destroy()
    }
  }

  /** Takes a frame that is about the stream itself; true for one that ends it. */
  async #isEnd(event, data) {
    const { since, onReady, onReset, onGap } = this.#options
    if (event === 'ready') {
      this.#failures = 0
      this.#silenceMs = PATIENCE * 1000 * (data.heartbeat_s ?? HEARTBEAT_S)
      // Who asked for no place in the log begins here, also when this connection breaks before the first event.
      if (since === undefined) this.#cursor ||= `${data.seq}.${data.epoch}`
      await onReady?.(data)
    } else if (event === 'reset') {
      this.#cursor = `${data.seq}.${data.epoch}`
      if (!onReset) throw new Missed(`events were missed: ${data.reason}; pass onReset to read the state anew and go on`, data)
      await onReset(data)
    } else if (event === 'gap') {
      if (!onGap) throw new Missed(`${data.dropped} events were dropped for a slow reader; pass lossless, or onGap to go on`, data)
      await onGap(data)
    } else if (event === 'server-restarting') {
      this.#retryMs = data.retry_ms ?? this.#retryMs
    }
    return event === 'end' || event === 'server-restarting'
  }

  #query() {
    const { kinds = [], subject, since, limit, lossless } = this.#options
    const from = this.#cursor ? {} : { since, limit }
    const asked = { kinds: kinds.join(), subject, ...from, lossless: lossless ? 1 : '' }
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== undefined && value !== ''))
  }
}

/** What is not an object of JSON counts as {}. */
function parsed(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
