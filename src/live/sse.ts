import type { Readable } from 'node:stream'
import { Lines } from './lines.ts'

/** What one event may hold, in characters: more than any record, and a bound on what a stranger can make us keep. */
const FRAME_CHARACTERS = 1_048_576

/** One block of an event stream. One without `data` is no event: it only moves the cursor or sets the pause. */
export interface Frame {
  event: string
  data?: string
  /** The id that this frame itself carries. */
  id?: string
  /** The pause in ms that the server asks for before a reconnect. */
  retry?: number
  /** It held more than anybody keeps, and its data was thrown away. */
  isTooLong?: true
}

/** Takes an event stream (WHATWG HTML, 9.2.6) in pieces, whatever bytes they are cut at. */
export class SseParser {
  readonly #lines = new Lines(FRAME_CHARACTERS)
  #frame: Frame = { event: 'message' }
  #isEmpty = true

  /** The frames that these bytes complete; a frame counts once its blank line is there. */
  feed(bytes: Buffer): Frame[] {
    const complete: Frame[] = []
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

  #take(line: string | null) {
    if (line?.startsWith(':')) return
    this.#isEmpty = false
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line ?? '') ?? []
    if (line === null) this.#overflow()
    else if (name === 'data') this.#append(value)
    else if (name === 'event') this.#frame.event = value || 'message'
    else if (name === 'id' && !value.includes('\0')) this.#frame.id = value
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.#frame.retry = Number(value)
  }

  #append(value: string) {
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

/** The events of a stream as they come, until it ends or breaks. */
export async function* frames(stream: Readable): AsyncGenerator<Frame & { data: string }> {
  const parser = new SseParser()
  try {
    for await (const bytes of stream) {
      for (const { data, ...frame } of parser.feed(bytes)) if (data !== undefined) yield { ...frame, data }
    }
  } catch {
    // A broken connection ends the stream as a closed one does: the reader resumes either.
  }
}
