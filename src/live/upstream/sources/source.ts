import type { UpstreamConfig } from '../config-file.ts'

/** One thing that came from an upstream. */
export interface Arrival {
  /** Where to go on after it. */
  cursor?: string | undefined
  /** An event as `foreign.ts` takes it; its source is the upstream. */
  event?: Record<string, unknown>
  /** What came is no event, and why. */
  refused?: string
  /** The upstream says that events are gone before we could read them. */
  lost?: string
  /** The pause in ms that it asks for before a reconnect. */
  retry?: number
}

export interface Reading {
  /** Where the last reading ended; undefined or empty for the first. */
  cursor: string | undefined
  signal: AbortSignal
  /** A connection that sends not one byte for so long is given up. */
  silenceMs: number
}

/**
 * Reads one upstream: what arrived in one turn at a time, the first (maybe empty) once it is connected. It reads on
 * only when it is asked for more, so nobody reads faster than is committed. It returns when the upstream ended as
 * planned, and throws when it broke: Refusal when it is of no use to try again soon.
 */
export type Source<Config extends UpstreamConfig> = (config: Config, reading: Reading) => AsyncGenerator<Arrival[]>

/** The upstream said no, and will go on saying it until somebody changes something. */
export class Refusal extends Error {}

/** It cannot answer now, and says for how long. */
export class Busy extends Error {
  readonly retryMs: number

  constructor(message: string, retryMs: number) {
    super(message)
    this.retryMs = retryMs
  }
}
