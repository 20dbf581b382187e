import { Lines } from './lines.js'

/** Characters per event: more than any record, and a bound on memory. */
const FRAME_CHARACTERS = 1_048_576

// Not eventsource-parser: at its bound it ends the stream, while this skips one event and keeps its id.
export class SseParser {
  #lines = new Lines(FRAME_CHARACTERS)
  #frame = { event: 'message' }
  #isEmpty = true

  feed(bytes) {
    const complete = []
    for (const line of this.#lines.feed(bytes)) {
      if (line !== '') this.#take(line)
      else if (!this.#isEmpty) {
        complete.push(this.#frame)
        this.#frame = { event: 'message' }
        this.#isEmpty = true
      }
    }
    return complete
  }

  #take(line) {
    if (line?.startsWith(':')) return
    this.#isEmpty = false
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line ?? '') ?? []
    if (line === null) this.#overflow()
    else if (name === 'data') this.#append(value)
    else if (name === 'event') this.#frame.event = value || 'message'
    else if (name === 'id' && !value.includes('\0')) this.#frame.id = value
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.#frame.retry = Number(value)
  }

  #append(value) {
    const { data, isTooLong } = this.#frame
    if (isTooLong) return
    this.#frame.data = data === undefined ? value : `${data}\n${value}`
    if (this.#frame.data.length > FRAME_CHARACTERS) this.#overflow()
  }

  #overflow() {
    this.#frame.isTooLong = true
    this.#frame.data = ''
  }
}

export async function* frames(stream) {
  const parser = new SseParser()
  try {
    for await (const bytes of stream) for (const frame of parser.feed(bytes)) if (frame.data !== undefined) yield frame
  } catch {
    // A broken connection ends the stream as a closed one does; the reader resumes either way.
  }
}
