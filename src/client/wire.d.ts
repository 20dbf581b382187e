import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { Refused, Unreachable } from './index.js'

export { Refused, Unreachable }

export interface CallOptions {
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
  /** The limit for the whole response, or for the headers of a stream, in ms; 15 s by default. */
  timeoutMs?: number | undefined
}

export interface Answer<T> {
  status: number
  headers: IncomingHttpHeaders
  body: T
}

export class Wire {
  /** Uses the control socket in `data` unless there is a `url`. Throws TypeError for an invalid one. */
  constructor(target: { url?: string | undefined; token?: string | undefined; data?: string | undefined })
  readonly where: string
  /** JSON in, JSON out. Throws Refused for an error status, Unreachable, and the signal's reason. */
  call<T>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>
  /** Appends events, given as JSON text, and returns once they are committed. Throws Refused, Unreachable. */
  append(json: string, timeoutMs: number): Promise<{ seq: number; duplicate: boolean }[]>
  /** The bytes of a response that may last for ever, on its own connection. Throws as `call` does. */
  stream(path: string, options?: CallOptions): Promise<IncomingMessage>
  close(): void
}

/** Whether a retry may succeed: the server did not respond, or is busy or broken. */
export function isPassing(error: unknown): boolean

/** Something else responded, perhaps a proxy whose server is down. */
export function stranger(wire: Wire): Unreachable

/** Ms until the next retry, with full jitter: doubles from `firstMs` (500) to `longestMs` (30 s). */
export function backOff(failures: number, firstMs?: number, longestMs?: number): number

/** Request options that resolve names below `localhost` to this machine. */
export function wayTo(hostname: string): { lookup?: LookupFunction }
