// One connection to the stream, kept: it comes back by itself, later and later, and never all pages at once.
;(() => {
  const BACKOFF_MS = 500
  const BACKOFF_MAX_MS = 30_000
  const PING_MS = 15_000
  // A half-open connection looks alive for ever: after two pings and a half without a word it is given up.
  const SILENCE_MS = 2.5 * PING_MS
  const WATCH_MS = 1000

  /** The frames of a stream. What holds one stream for all tabs (a SharedWorker) takes its place with the same three methods. */
  class DirectWire {
    #source
    #receive

    constructor(url, names, receive) {
      this.#receive = receive
      this.#source = new EventSource(url)
      this.#source.onopen = () => receive({ type: 'open' })
      this.#source.onerror = () => receive({ type: 'lost' })
      for (const name of names) this.listen(name)
    }

    listen(name) {
      this.#source.addEventListener(name, ({ data, lastEventId }) => this.#receive({ type: 'frame', name, data, id: lastEventId }))
    }

    close() {
      this.#source.close()
    }
  }

  /** Asks `url()` anew for every opening, so that each resumes where the page is. */
  class Connection {
    /** The least wait before the next opening, in ms, where the server asked for one. */
    patience = 0
    #url
    #names
    #receive
    #wire
    #retry
    #heard = 0
    #fails = 0

    constructor({ url, names, receive }) {
      this.#url = url
      this.#names = names
      this.#receive = receive
      setInterval(() => this.check(), WATCH_MS)
      addEventListener('online', () => this.reopen())
      // A page out of the back-forward cache may hold a connection that the server has long given up.
      addEventListener('pageshow', ({ persisted }) => persisted && this.reopen())
      document.addEventListener('visibilitychange', () => document.hidden || this.check())
    }

    open() {
      if (this.#wire) return
      clearTimeout(this.#retry)
      this.#heard = performance.now()
      this.#wire = new DirectWire(this.#url(), this.#names, (message) => this.#hear(message))
    }

    reopen() {
      if (!this.#wire && !this.#retry) return
      this.close()
      this.open()
    }

    close() {
      clearTimeout(this.#retry)
      this.#retry = undefined
      this.#wire?.close()
      this.#wire = undefined
    }

    check() {
      if (this.#wire && performance.now() - this.#heard > SILENCE_MS) this.#hear({ type: 'lost' })
    }

    listen(name) {
      this.#wire?.listen(name)
    }

    /** The stream is good again: the next loss is answered as fast as the first. */
    settle() {
      this.#fails = 0
    }

    #hear(message) {
      this.#heard = performance.now()
      if (message.type === 'lost') this.#retryLater()
      this.#receive(message)
    }

    #retryLater() {
      this.close()
      const wait = this.patience + Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** this.#fails++)
      this.patience = 0
      this.#retry = setTimeout(() => this.open(), wait)
    }
  }

  window.telltale = { ...window.telltale, Connection }
})()
