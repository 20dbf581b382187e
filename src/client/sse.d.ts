/** A block of an event stream. Without `data` it only moves the cursor or sets the retry delay. */
export interface Frame {
  event: string
  data?: string
  id?: string
  retry?: number
  /** Its data exceeded 1 MiB and was dropped. */
  isTooLong?: true
}

/** Parses an event stream (WHATWG HTML, 9.2.6) from chunks of bytes. */
export class SseParser {
  feed(bytes: Uint8Array): Frame[]
}

export function frames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame & { data: string }>
