/** One block of an event stream. One without `data` is no event: it only moves the cursor or sets the pause. */
export interface Frame {
  event: string
  data?: string
  /** The id that this frame itself carries. */
  id?: string
  /** The pause in ms that the server asks for before a reconnect. */
  retry?: number
  /** It held more than 1 MiB, and its data was thrown away. */
  isTooLong?: true
}

/** Takes an event stream (WHATWG HTML, 9.2.6) in pieces, whatever bytes they are cut at. */
export class SseParser {
  /** The frames that these bytes complete; a frame counts once its blank line is there. */
  feed(bytes: Uint8Array): Frame[]
}

/** The events of a stream as they come, until it ends or breaks. */
export function frames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame & { data: string }>
