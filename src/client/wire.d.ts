import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { Refused, Unreachable } from './index.js'

export { Refused, Unreachable }

export interface CallOptions {
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
  /** How long the answer may take, to its last byte, or the head of a stream; 15 s. A long poll takes longer. */
  timeoutMs?: number | undefined
}

export interface Answer<T> {
  status: number
  headers: IncomingHttpHeaders
  /** Undefined when the answer has no body. */
  body: T
}

/** Speaks to one server over connections that it keeps; nothing is sent yet. */
export class Wire {
  /** The control socket in `data`, unless there is a url. Throws TypeError for a url that is none. */
  constructor(target: { url?: string | undefined; token?: string | undefined; data?: string | undefined })
  /** For people: the URL or the socket's path. */
  readonly where: string
  /** JSON in, JSON out. Throws Refused for a status from 400 on, Unreachable when nobody answered, the signal's reason. */
  call<T>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>
  /** Appends events, given as JSON text; returns once they are committed. Throws Refused, Unreachable. */
  append(json: string, timeoutMs: number): Promise<{ seq: number; duplicate: boolean }[]>
  /** The answer's bytes as they come, on a connection of its own, with no limit on how long they do. Throws as `call` does. */
  stream(path: string, options?: CallOptions): Promise<IncomingMessage>
  /** Lets go of the kept connections, so that the process can end; streams go on. */
  close(): void
}

/** Whether the same call may succeed a little later: nobody answered, or the server is busy or broken. */
export function isPassing(error: unknown): boolean

/** Something else answered: it may be the page of a proxy whose server is away. */
export function stranger(wire: Wire): Unreachable

/** Ms until the next retry after this many failures: doubles from `firstMs` (500) to `longestMs` (30 s), with full jitter. */
export function backOff(failures: number, firstMs?: number, longestMs?: number): number

/** The options of a request to this host: a name below `localhost` is this machine, also where the resolver does not know it. */
export function wayTo(hostname: string): { lookup?: LookupFunction }
