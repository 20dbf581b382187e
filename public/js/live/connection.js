// A connection to a stream that reconnects with back-off. It runs in the shared worker, or in the page without one.
import { frameReader } from './frames.js'

const BACKOFF_MS = 500
const BACKOFF_MAX_MS = 30_000
const PING_MS = 15_000
// A half-open connection looks alive for ever, so it is closed after two and a half silent pings.
const SILENCE_MS = 2.5 * PING_MS
/** A frozen server accepts a call but never responds. */
const ANSWER_MS = 10_000
const WATCH_MS = 1000

/** Calls `act` unless `heard` is called within `patience` ms, or within what the last call allowed. */
export class Watchdog {
  #patience
  #until

  constructor(act, patience = SILENCE_MS) {
    this.#patience = patience
    this.heard()
    setInterval(() => performance.now() > this.#until && act(), WATCH_MS)
  }

  heard(patience = this.#patience) {
    this.#until = performance.now() + patience
  }
}

/**
 * Calls `url()` for each attempt, so that it resumes at the reader's cursor. `receive` gets `{type: 'frame', name, data,
 * id}`, and `{type: 'lost', status}` for each loss, with the status of a response that was no stream.
 */
export class Connection {
  #url
  #receive
  #reading
  #retry
  #fails = 0
  /** The minimum delay that the server requested, in ms. */
  #patience = 0
  #watchdog = new Watchdog(() => this.#reading && this.#lose())

  constructor({ url, receive }) {
    this.#url = url
    this.#receive = receive
    addEventListener('online', () => this.reopen())
  }

  /** Opens it, at once if it is waiting for its next attempt. */
  open() {
    if (this.#reading) return
    clearTimeout(this.#retry)
    this.#watchdog.heard(ANSWER_MS)
    this.#reading = new AbortController()
    this.#read(this.#reading.signal)
  }

  reopen() {
    if (!this.#reading && !this.#retry) return
    this.close()
    this.open()
  }

  close() {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#reading?.abort()
    this.#reading = undefined
  }

  async #read(signal) {
    let status
    try {
      const answer = await fetch(this.#url(), { headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal })
      this.#watchdog.heard()
      if (answer.ok) await this.#frames(answer.body.pipeThrough(new TextDecoderStream()).getReader(), signal)
      else {
        status = answer.status
        this.#patience = 1000 * (Number(answer.headers.get('Retry-After')) || 0)
      }
    } catch {
      // A broken stream has no reason.
    }
    if (!signal.aborted) this.#lose(status)
  }

  async #frames(pieces, signal) {
    const read = frameReader()
    for (;;) {
      const { done, value } = await pieces.read()
      if (done) return
      this.#watchdog.heard()
      for (const frame of read(value)) if (!signal.aborted) this.#take(frame)
    }
  }

  #take(frame) {
    if (frame.name === 'end') return this.reopen()
    if (frame.name === 'server-restarting') this.#patience = JSON.parse(frame.data).retry_ms ?? 0
    // The stream works again, so the back-off starts over.
    if (frame.name === 'ready') this.#fails = 0
    this.#receive({ type: 'frame', ...frame })
  }

  #lose(status) {
    this.close()
    const wait = this.#patience + Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** this.#fails++)
    this.#patience = 0
    this.#retry = setTimeout(() => this.open(), wait)
    this.#receive({ type: 'lost', status })
  }
}
