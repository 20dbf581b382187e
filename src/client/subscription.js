import { clearImmediate, setImmediate } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { SseParser } from './sse.js'
import { backOff, isPassing, stranger } from './wire.js'

/** One heartbeat may be late or lost. */
const PATIENCE = 2.5
const HEARTBEAT_S = 10
const RETRY_MS = 500

export class Missed extends Error {
  name = 'Missed'

  constructor(message, data) {
    super(message)
    this.data = data
  }
}

export class Subscription {
  #wire
  #options
  #cursor = ''
  #failures = 0
  #retryMs = RETRY_MS
  #silenceMs = PATIENCE * HEARTBEAT_S * 1000

  constructor(wire, options) {
    this.#wire = wire
    this.#options = options
  }

  /** Ends with its signal or its reader. Throws Refused, Missed, and what a callback throws. */
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
        if (json === undefined) continue // an empty frame only moves the cursor past filtered events
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

  async *#chunks(res) {
    const chunks = res[Symbol.asyncIterator]()
    try {
      for (;;) {
        let late
        // After a suspend, pending data is read before the connection counts as silent.
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

  async #isEnd(event, data) {
    const { since, onReady, onReset, onGap } = this.#options
    if (event === 'ready') {
      this.#failures = 0
      this.#silenceMs = PATIENCE * 1000 * (data.heartbeat_s ?? HEARTBEAT_S)
      // Without `since`, the subscription starts here, even if this connection breaks before the first event.
      if (since === undefined) this.#cursor ||= `${data.seq}.${data.epoch}`
      await onReady?.(data)
    } else if (event === 'reset') {
      this.#cursor = `${data.seq}.${data.epoch}`
      if (!onReset) throw new Missed(`events were missed: ${data.reason}; pass onReset to reload the state and continue`, data)
      await onReset(data)
    } else if (event === 'gap') {
      if (!onGap) throw new Missed(`${data.dropped} events were dropped for a slow reader; pass lossless, or onGap to continue`, data)
      await onGap(data)
    } else if (event === 'server-restarting') {
      this.#retryMs = data.retry_ms ?? this.#retryMs
    }
    return event === 'end' || event === 'server-restarting'
  }

  #query() {
    const { kinds = [], subject, since, limit, lossless } = this.#options
    const from = this.#cursor ? {} : { since, limit }
    const query = { kinds: kinds.join(), subject, ...from, lossless: lossless ? 1 : '' }
    return new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''))
  }
}

function parsed(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
