// Replaces the EventSource of htmx-ext-sse: one object per URL for the life of the page, which resumes at its cursor.
import htmx from 'htmx.org'
import 'htmx-ext-sse'
import { PausableTarget } from './pause.js'
import { Wire } from './wire.js'

const LOCAL = new Set(['ready', 'lost', 'reset', 'ping', 'held', 'resumed'])
const isNudge = (name) => name.endsWith('-changed')
/** A pulse only requests a refresh. */
const isPulse = (name) => name.endsWith('-pulse')

/**
 * Dispatches the server's frames, and its own `ready` {detail}, `lost` {detail: {status}} and `reset` {detail: {from, to}},
 * after which every topic counts as changed.
 */
class LiveSource extends PausableTarget {
  // Never CLOSED while the page needs it, or the extension would reconnect without the cursor.
  readyState = EventSource.CONNECTING
  /** The server's clock minus ours, in ms. */
  skew = 0
  #url
  #seq
  #newest = 0
  #wire
  #seen = new Map()
  #names = new Set()
  #wasLost = false

  constructor(url) {
    super()
    this.#url = new URL(url, location.href)
    const [seq, epoch = ''] = (this.#url.searchParams.get('since') ?? '').split('.')
    this.#seq = Number(seq) || 0
    this.epoch = epoch
  }

  /** The newest event that the page knows of. */
  get head() {
    return { seq: Math.max(this.#seq, this.#newest), epoch: this.epoch }
  }

  /** Opens it, or retries at once. */
  open() {
    this.#wire ??= new Wire({ url: () => this.#resumeUrl(), receive: (message) => this.#receive(message) })
    this.#wire.open()
  }

  close() {
    this.#wire?.close()
    this.readyState = EventSource.CLOSED
  }

  addEventListener(name, listener, options) {
    super.addEventListener(name, listener, options)
    if (!LOCAL.has(name)) this.#names.add(name)
  }

  #resumeUrl() {
    this.#url.searchParams.set('since', `${this.#seq}.${this.epoch}`)
    return this.#url.href
  }

  #receive({ type, name, data, id, status }) {
    if (type === 'lost') this.#lost(status)
    else if (name === 'ready') this.#ready(JSON.parse(data))
    else if (name === 'ping') this.#ping(JSON.parse(data))
    else if (isNudge(name)) this.#nudge(name, Number.parseInt(id, 10), data)
    else this.tell(new MessageEvent(name, { data }))
  }

  #lost(status) {
    this.readyState = EventSource.CONNECTING
    this.#wasLost = true
    this.onerror?.(new Event('error'))
    this.dispatchEvent(new CustomEvent('lost', { detail: { status } }))
  }

  // One rule for the gap before connecting, reconnects, errors and restarts: whatever is newer than the cursor, or
  // everything if that is unknown, counts as changed.
  #ready(detail) {
    const { epoch, seq, resumed, panels } = detail
    const known = { seq: this.#seq, epoch: this.epoch }
    const continues = resumed && epoch === known.epoch
    this.#seq = seq
    this.epoch = epoch
    this.skew = Date.parse(detail.server_time) - Date.now()
    if (!continues) this.#reset(known.epoch)
    this.readyState = EventSource.OPEN
    this.onopen?.(new Event('open'))
    this.dispatchEvent(new CustomEvent('ready', { detail }))
    for (const name of [...this.#names].filter(isNudge)) {
      const at = panels[name.slice(0, -'-changed'.length)] ?? 0
      if (!continues) this.#emit(name, seq)
      else if (at > known.seq) this.#emit(name, at)
    }
    for (const name of [...this.#names].filter(isPulse)) {
      const at = panels[name.slice(0, -'-pulse'.length)] ?? 0
      if (this.#wasLost || at > known.seq) this.tell(new MessageEvent(name, { data: '{}' }))
    }
    this.#wasLost = false
  }

  #reset(from) {
    this.#seen.clear()
    this.#newest = 0
    this.dispatchEvent(new CustomEvent('reset', { detail: { from, to: this.epoch } }))
  }

  #ping({ seq }) {
    this.#newest = seq
    this.dispatchEvent(new Event('ping'))
  }

  #nudge(name, seq, data) {
    this.#seq = Math.max(this.#seq, seq)
    this.#emit(name, seq, data)
  }

  #emit(name, seq, data = '{}') {
    if ((this.#seen.get(name) ?? -1) >= seq) return
    this.#seen.set(name, seq)
    this.tell(new MessageEvent(name, { data, lastEventId: String(seq) }))
  }
}

const sources = new Map()
const sourceAt = (url) => sources.get(url) ?? sources.set(url, new LiveSource(url)).get(url)

htmx.createEventSource = (url) => {
  const source = sourceAt(url)
  source.open()
  return source
}

/** htmx opens it once the panels listen. */
export const source = sourceAt(document.querySelector('[sse-connect]').getAttribute('sse-connect'))
