export interface Arrival {
  cursor?: string | undefined
  event?: Record<string, unknown>
  refused?: string
  /** The upstream reports that events were removed before we read them. */
  lost?: string
  retry?: number
}

/**
 * A source yields what arrived in one turn, the first (maybe empty) once connected, and reads more only on demand. It
 * returns at a planned end, and throws if the connection broke: Refusal if a retry is useless.
 */
export interface Reading {
  cursor: string | undefined
  signal: AbortSignal
  silenceMs: number
}

export class Refusal extends Error {}

export class Busy extends Error {
  readonly retryMs: number

  constructor(message: string, retryMs: number) {
    super(message)
    this.retryMs = retryMs
  }
}
