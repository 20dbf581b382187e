import type { UpstreamConfig } from '../config-file.ts'

export interface Arrival {
  cursor?: string | undefined
  event?: Record<string, unknown>
  refused?: string
  /** The upstream reports that events were removed before we read them. */
  lost?: string
  retry?: number
}

export interface Reading {
  cursor: string | undefined
  signal: AbortSignal
  silenceMs: number
}

/**
 * Yields what arrived in one turn, the first (maybe empty) once connected. It reads more only on demand, so never faster than events are committed. Returns at
 * a planned end. Throws if the connection broke, and Refusal if a retry is useless.
 */
export type Source<Config extends UpstreamConfig> = (config: Config, reading: Reading) => AsyncGenerator<Arrival[]>

export class Refusal extends Error {}

export class Busy extends Error {
  readonly retryMs: number

  constructor(message: string, retryMs: number) {
    super(message)
    this.retryMs = retryMs
  }
}
