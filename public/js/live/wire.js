// A page's stream, through the shared worker or its own connection. Without a worker, hidden tabs hold none, as browsers
// allow only six.
import { Connection, Watchdog } from './connection.js'

const HIDDEN_MS = 10_000
// Longer than the worker waits, so that it reports a silent server first.
const WORKER_MS = 45_000
const SIGNS = new Set(['ping', 'bus.heartbeat'])
const build = document.querySelector('meta[name=build]')?.content
let canShare = 'SharedWorker' in window

class SharedWire {
  #url
  #receive
  #fail
  #port
  #watchdog = new Watchdog(() => this.#port && this.#restart(), WORKER_MS)

  constructor({ url, receive }, fail) {
    this.#url = url
    this.#receive = receive
    this.#fail = fail
  }

  /** Sends the page's cursor; the response is what it lacks. */
  open() {
    this.#port ??= this.#connect()
    this.#say('join')
  }

  close() {
    this.#say('leave')
    this.#port?.close()
    this.#port = undefined
  }

  #connect() {
    this.#watchdog.heard()
    // Each build has its own worker URL.
    const worker = new SharedWorker(`/assets/${build}/js/live-worker.js`, { type: 'module' })
    worker.onerror = () => this.#port && this.#fail()
    worker.port.onmessage = ({ data }) => this.#hear(data)
    return worker.port
  }

  #restart() {
    this.#receive({ type: 'lost' })
    this.close()
    this.open()
  }

  #say(type) {
    this.#port?.postMessage({ type, url: this.#url() })
  }

  #hear(message) {
    this.#watchdog.heard()
    if (message.type === 'gone') return this.#say('join')
    if (SIGNS.has(message.name)) this.#say('here')
    this.#receive(message)
  }
}

export class Wire {
  #options
  #inner
  #isWanted = false
  #rest

  constructor(options) {
    this.#options = options
    this.#inner = canShare ? new SharedWire(options, () => this.#goAlone()) : new Connection(options)
    addEventListener('pagehide', () => this.#inner.close())
    addEventListener('pageshow', ({ persisted }) => persisted && this.#wake())
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#restLater() : this.#wake()))
  }

  open() {
    this.#isWanted = true
    try {
      this.#inner.open()
    } catch {
      this.#goAlone()
    }
  }

  close() {
    this.#isWanted = false
    this.#inner.close()
  }

  #wake() {
    clearTimeout(this.#rest)
    if (this.#isWanted) this.open()
  }

  #restLater() {
    if (!canShare) this.#rest = setTimeout(() => this.#inner.close(), HIDDEN_MS)
  }

  #goAlone() {
    canShare = false
    this.#inner.close()
    this.#inner = new Connection(this.#options)
    this.#wake()
  }
}
