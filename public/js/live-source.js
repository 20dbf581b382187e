// The page's stream, in place of the EventSource that htmx-ext-sse would open: one object a URL for the page's whole
// life, which resumes at its cursor however often the connection behind it is lost.
;(() => {
  const LOCAL = new Set(['lost', 'reset'])
  const isNudge = (name) => name.endsWith('-changed')

  /**
   * Dispatches what the server names, and of its own `ready` {detail}, `lost`, and `reset` {detail: {from, to}}: what
   * the page shows may be of another epoch, and every topic follows as changed.
   */
  class LiveSource extends EventTarget {
    // Never CLOSED while the page wants it: then the extension's own retry, which forgets the cursor, would run.
    readyState = EventSource.CONNECTING
    /** The server's clock minus ours, in ms. */
    skew = 0
    #url
    #seq
    #connection
    #seen = new Map()
    #names = new Set(['ready', 'ping', 'server-restarting', 'end'])

    constructor(url) {
      super()
      this.#url = new URL(url, location.href)
      const [seq, epoch = ''] = (this.#url.searchParams.get('since') ?? '').split('.')
      this.#seq = Number(seq) || 0
      this.epoch = epoch
    }

    open() {
      this.readyState = EventSource.CONNECTING
      this.#connection ??= new telltale.Connection({ url: () => this.#resumeUrl(), names: this.#names, receive: (message) => this.#receive(message) })
      this.#connection.open()
    }

    reopen() {
      this.#connection?.reopen()
    }

    close() {
      this.#connection?.close()
      this.readyState = EventSource.CLOSED
    }

    addEventListener(name, listener, options) {
      super.addEventListener(name, listener, options)
      if (this.#names.has(name) || LOCAL.has(name)) return
      this.#names.add(name)
      this.#connection?.listen(name)
    }

    #resumeUrl() {
      this.#url.searchParams.set('since', `${this.#seq}.${this.epoch}`)
      return this.#url.href
    }

    #receive({ type, name, data, id }) {
      if (type === 'open') {
        this.readyState = EventSource.OPEN
        this.onopen?.(new Event('open'))
      } else if (type === 'lost') {
        this.readyState = EventSource.CONNECTING
        this.onerror?.(new Event('error'))
        this.dispatchEvent(new Event('lost'))
      } else if (name === 'ready') this.#ready(JSON.parse(data))
      else if (name === 'end') this.reopen()
      else if (name === 'server-restarting') this.#connection.patience = JSON.parse(data).retry_ms ?? 0
      else if (isNudge(name)) this.#nudge(name, Number.parseInt(id, 10), data)
      else this.dispatchEvent(new MessageEvent(name, { data }))
    }

    // One rule for the gap between render and connect, a reconnect, a 503 and a restart: what is newer than the cursor
    // is announced as changed; where the server cannot tell, everything is.
    #ready(detail) {
      const { epoch, seq, resumed, panels } = detail
      const known = { seq: this.#seq, epoch: this.epoch }
      const continues = resumed && epoch === known.epoch
      this.#connection.settle()
      this.#seq = seq
      this.epoch = epoch
      this.skew = Date.parse(detail.server_time) - Date.now()
      if (!continues) {
        this.#seen.clear()
        this.dispatchEvent(new CustomEvent('reset', { detail: { from: known.epoch, to: epoch } }))
      }
      this.dispatchEvent(new CustomEvent('ready', { detail }))
      for (const name of [...this.#names].filter(isNudge)) {
        const at = panels[name.slice(0, -'-changed'.length)] ?? 0
        if (!continues) this.#emit(name, seq)
        else if (at > known.seq) this.#emit(name, at)
      }
    }

    #nudge(name, seq, data) {
      this.#seq = Math.max(this.#seq, seq)
      this.#emit(name, seq, data)
    }

    #emit(name, seq, data = '{}') {
      if ((this.#seen.get(name) ?? 0) >= seq) return
      this.#seen.set(name, seq)
      this.dispatchEvent(new MessageEvent(name, { data, lastEventId: String(seq) }))
    }
  }

  const sources = new Map()
  const sourceAt = (url) => sources.get(url) ?? sources.set(url, new LiveSource(url)).get(url)

  htmx.createEventSource = (url) => {
    const source = sourceAt(url)
    source.open()
    return source
  }

  const element = document.querySelector('[sse-connect]')
  /** The page's stream, undefined on a page without one. htmx opens it, once the panels listen. */
  window.telltale = { ...window.telltale, source: element ? sourceAt(element.getAttribute('sse-connect')) : undefined }
})()
