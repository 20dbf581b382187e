export interface Frame {
  event: string
  data: string
  /** The last id so far, of this frame or an earlier one; '' before the first. */
  id: string
}

export class Parser {
  /** As in the last frame, also one without data, which is not dispatched. */
  readonly lastEventId: string
  /** What the last `retry:` said, in ms. */
  readonly retry: number | undefined
  /** Answers the frames that this chunk completes. */
  feed(bytes: Uint8Array): Frame[]
}
