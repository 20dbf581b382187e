// One connection for all tabs of a browser, as HTTP/1.1 allows six and a seventh tab would hang. A tab is a port that
// sends `join` with its URL, and `leave`.
import { Connection } from './live/connection.js'

const SIGNS = new Set(['ping', 'bus.heartbeat'])
/** A tab that misses this many pings is gone or frozen; when it thaws, it joins again. */
const MOST_MISSED = 2

const cursorIn = (text) => {
  const [seq, epoch] = (text ?? '').split('.')
  return { seq: Number(seq), epoch }
}

/** A stream, open while a tab needs it. */
class Line {
  tabs = new Map()
  connection = new Connection({ url: () => this.url(), receive: (message) => this.receive(message) })

  join(port, query) {
    this.tabs.set(port, { watch: query.getAll('watch'), missed: 0 })
    this.connection.open()
  }

  leave(port) {
    this.tabs.delete(port)
    if (this.tabs.size === 0) this.close()
  }

  close() {
    this.connection.close()
  }

  here(port) {
    const tab = this.tabs.get(port)
    if (tab) tab.missed = 0
    else port.postMessage({ type: 'gone' })
  }

  receive(message) {
    const isSign = SIGNS.has(message.name)
    for (const [port, tab] of this.tabs) {
      if (isSign && tab.missed++ >= MOST_MISSED) this.leave(port)
      else port.postMessage(message)
    }
  }
}

/** `/ui/stream`: knows the version of each topic, so that later tabs are sent what they lack. */
class PageLine extends Line {
  #since
  #ready
  #skew = 0
  #watched = new Set()

  url() {
    this.#watched = new Set([...this.tabs.values()].flatMap(({ watch }) => watch))
    return `/ui/stream?${new URLSearchParams([['since', this.#since], ...[...this.#watched].map((id) => ['watch', id])])}`
  }

  join(port, query) {
    this.#since ??= query.get('since')
    super.join(port, query)
    if (!query.getAll('watch').every((id) => this.#watched.has(id))) this.connection.reopen()
    else if (this.#ready) port.postMessage(this.#welcome(cursorIn(query.get('since'))))
  }

  close() {
    super.close()
    this.#ready = undefined
  }

  receive(message) {
    const { type, name, data, id } = message
    if (type === 'lost') this.#ready = undefined
    else if (name === 'ready') this.#begin(JSON.parse(data))
    else if (name?.endsWith('-changed') && this.#ready) this.#move(name.slice(0, -'-changed'.length), id)
    super.receive(message)
  }

  #begin(ready) {
    this.#ready = ready
    this.#since = `${ready.seq}.${ready.epoch}`
    this.#skew = Date.parse(ready.server_time) - Date.now()
  }

  #move(topic, id) {
    const { seq } = cursorIn(id)
    this.#since = id
    this.#ready.seq = seq
    this.#ready.panels[topic] = seq
  }

  // A tab may be newer than the last event received here; its cursor does not move back.
  #welcome({ seq, epoch }) {
    const resumed = epoch === this.#ready.epoch
    const server_time = new Date(Date.now() + this.#skew).toISOString()
    const ready = { ...this.#ready, resumed, server_time, seq: resumed ? Math.max(seq, this.#ready.seq) : this.#ready.seq }
    return { type: 'frame', name: 'ready', data: JSON.stringify(ready) }
  }
}

/** `/api/events`: for a tab behind the others it is read again, and each skips what it has. */
class Firehose extends Line {
  #since

  url() {
    return `/api/events?since=${this.#since}`
  }

  join(port, query) {
    const since = query.get('since')
    const [mine, ours] = [cursorIn(since), cursorIn(this.#since)]
    if (!this.#since || (mine.epoch === ours.epoch && mine.seq < ours.seq)) {
      this.#since = since
      this.connection.reopen()
    }
    super.join(port, query)
  }

  close() {
    super.close()
    this.#since = undefined
  }

  receive(message) {
    const { name, data, id } = message
    if (id) this.#since = id
    if (name === 'reset') this.#since = `${JSON.parse(data).seq}.${JSON.parse(data).epoch}`
    super.receive(message)
  }
}

const lines = { '/ui/stream': new PageLine(), '/api/events': new Firehose() }

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data: { type, url } }) => {
    const { pathname, searchParams } = new URL(url, location.origin)
    lines[pathname][type](port, searchParams)
  }
}
