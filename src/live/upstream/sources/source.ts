import type { UpstreamConfig } from '../config-file.ts'

export interface Arrival {
  /** Where to resume after it. */
  cursor?: string | undefined
  /** An event for `foreign.ts`; its source is the upstream. */
  event?: Record<string, unknown>
  /** Why the item is not an event. */
  refused?: string
  /** The upstream reports that events were removed before we read them. */
  lost?: string
  /** The pause in ms that it asks for before a reconnect. */
  retry?: number
}

export interface Reading {
  /** Where the last reading ended; undefined or empty for the first. */
  cursor: string | undefined
  signal: AbortSignal
  /** A connection without a byte for this long is closed. */
  silenceMs: number
}

/**
 * Yields what arrived in one turn, the first (maybe empty) once connected. It reads more only on demand, so never
 * faster than events are committed. Returns at a planned end. Throws if the connection broke, and Refusal if a retry is
 * useless.
 */
export type Source<Config extends UpstreamConfig> = (config: Config, reading: Reading) => AsyncGenerator<Arrival[]>

/** A retry is useless until someone changes something. */
export class Refusal extends Error {}

/** Retry later, as the upstream asked. */
export class Busy extends Error {
  readonly retryMs: number

  constructor(message: string, retryMs: number) {
    super(message)
    this.retryMs = retryMs
  }
}
