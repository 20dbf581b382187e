// A page's end of a stream: through the browser's one worker, or a connection of its own where there is none.
// Where a browser allows six connections, a tab that nobody looks at holds none of them.
import { Connection, Watchdog } from './connection.js'

const HIDDEN_MS = 10_000
// Three pings: the worker gives a silent server up before its pages give it up, and tells them of each try that fails.
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

  /** Says where this page is, as often as it likes: the answer is what it lacks. */
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
    // Modules of one build, under one URL: a page of the next build has a worker of its own.
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

/** Takes what a Connection takes. */
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
