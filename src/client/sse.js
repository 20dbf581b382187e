/** Reads a stream of server-sent events (WHATWG HTML, 9.2.6), however it is cut into chunks. */
export class Parser {
  lastEventId = ''
  retry = undefined
  // It drops a byte order mark, and keeps the beginning of a character for the next chunk.
  #decoder = new TextDecoder()
  /** The pieces of an incomplete line, joined once it ends. */
  #rest = []
  #afterCr = false
  #event = ''
  #data = ''
  #id = ''

  feed(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true })
    if (text === '') return []
    if (this.#afterCr && text[0] === '\n') text = text.slice(1)
    this.#afterCr = text.endsWith('\r')
    const [first, ...lines] = text.split(/\r\n|\r|\n/)
    this.#rest.push(first)
    if (lines.length === 0) return []
    lines.unshift(this.#rest.join(''))
    this.#rest = [lines.pop()]
    return lines.map((line) => (line === '' ? this.#dispatch() : this.#field(line))).filter(Boolean)
  }

  #field(line) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)
    if (name === 'data') this.#data += `${value}\n`
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.retry = Number(value)
  }

  #dispatch() {
    this.lastEventId = this.#id
    const [event, data] = [this.#event || 'message', this.#data]
    this.#event = this.#data = ''
    return data === '' ? undefined : { event, data: data.slice(0, -1), id: this.lastEventId }
  }
}
