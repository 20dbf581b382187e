import type { Payloads } from './kinds.js'

export type { Payloads }

/** A kind that Telltale itself publishes; other programs may add their own, such as `backup.finished`. */
export type Kind = keyof Payloads
type Name = string & {}

/** The payload of a kind: any object for a kind that is not Telltale's. */
export type Payload<K extends string> = K extends Kind ? Payloads[K] : Record<string, unknown>

export interface Event<K extends string = string> {
  /** Its position in the log, comparable within one `epoch`. `<seq>.<epoch>` is the cursor after it. */
  seq: number
  epoch: string
  kind: K
  at: string
  /** What it is about: `task:t_9`, which `/api/tasks/t_9` returns, or `<subject>@<source>` for an event from another program. */
  subject: string
  /** For an event from another program, `<source>` or `<source>/<actor>`. */
  actor: string
  /** `local`, or the name of the token, upstream or program that sent it. */
  source: string
  source_id?: string
  /** The seq of the event that led to this one. */
  cause: number | null
  payload: Payload<K>
  /** The event as it was sent, where a number such as `12345678901234567890` keeps all its digits. Not enumerable. */
  readonly json: string
}

export type Named<Filter extends string> = Filter extends `${string}.` ? Extract<Kind, `${Filter}${string}`> : Filter
export type EventOf<K extends string> = K extends unknown ? Event<K> : never

export interface Target {
  /** The server's address, with a token of role `ingest` to publish and `viewer` to subscribe. */
  url?: string | undefined
  token?: string | undefined
  /** Instead of `url`: the server's data folder on this machine, `data` by default. Its control socket needs no token. */
  data?: string | undefined
  /** The name of this program, the script's by default: the source of its events, or, with a token, part of their actor and `source_id`. */
  source?: string | undefined
  /** With `url`, where `publishAuto` stores events until the server accepts them. */
  spool?: string | undefined
  /** How long `publishAuto` waits for the server before it stores an event, in ms; 500 by default. */
  patience?: number | undefined
}

export interface PublishOptions {
  /** `host:nas` is stored as `host:nas@<source>`. */
  subject?: string | undefined
  /** `cron` is stored as `<source>/cron`. The source itself by default. */
  actor?: string | undefined
  /** When it happened, now by default. */
  at?: string | Date | undefined
  cause?: number | undefined
  /** A repeated id is stored once. Random by default. */
  source_id?: string | undefined
}

export interface Published {
  seq: number
  /** True if the log already had this `source_id`; `seq` is then that event's. */
  duplicate: boolean
}

/** The file that holds the event until the server reads it. */
export interface Spooled {
  spooled: string
}

export interface SubscribeOptions<Filter extends string = string> {
  /** Kinds, or prefixes that end in a dot, such as `task.`. All kinds by default. */
  kinds?: readonly Filter[] | undefined
  /** As stored, such as `task:t_9` or `host:nas@nas`. */
  subject?: string | undefined
  /** The cursor to resume after: `<seq>.<epoch>`, a seq, or `0` for the beginning. New events only by default. */
  since?: string | undefined
  /** Without `since`: how many of the newest events to send first. */
  limit?: number | undefined
  /** Drop nothing, however slow this reader is. */
  lossless?: boolean | undefined
  signal?: AbortSignal | undefined
  onReady?: ((ready: { epoch: string; seq: number; oldest: number; server_time: string; heartbeat_s: number; max_s: number }) => unknown) | undefined
  /** The cursor could not be resumed, so reload the state; the events after `seq` follow. Awaited. */
  onReset?: ((reset: { epoch: string; seq: number; reason: string }) => unknown) | undefined
  /** Events were dropped because this reader was too slow. Awaited. */
  onGap?: ((gap: { from: number; to: number; dropped: number }) => unknown) | undefined
}

export interface Client {
  readonly source: string
  /** Publishes an event and returns once it is committed. Retries for 5 s under one `source_id`. Throws Refused, Unreachable. */
  publish<K extends Kind | Name>(kind: K, payload?: Payload<K>, options?: PublishOptions): Promise<Published>
  /**
   * Publishes an event, or stores it on disk if the server does not accept it within 500 ms; stored events arrive once,
   * in order. Throws Refused for an invalid event, and Unreachable only if there is no folder to store it in.
   */
  publishAuto<K extends Kind | Name>(kind: K, payload?: Payload<K>, options?: PublishOptions): Promise<Published | Spooled>
  /**
   * Yields every event once, in order, reconnecting and resuming by itself. Lost events (`reset`, `gap`) are reported to
   * the callbacks; without a callback, throws Missed. Also throws Refused.
   */
  subscribe<Filter extends Kind | Name = string>(options?: SubscribeOptions<Filter>): AsyncGenerator<EventOf<Named<Filter>>, void, undefined>
  /** Closes idle connections and stops sending what `spool` holds. A subscription ends with its own signal. */
  close(): void
}

/** A client of one server. Connects on first use. */
export function connect(target?: Target): Client

export function is<K extends Kind | Name>(event: Event, kind: K): event is Event<K>

export class Unreachable extends Error {}

/** The event or request is invalid or not allowed; `fields` has a message for each invalid field. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Readonly<Record<string, string>>
  readonly problem: Readonly<Record<string, unknown>>
}

/** Events were lost, and there was no callback for that. */
export class Missed extends Error {
  readonly data: Readonly<Record<string, unknown>>
}
