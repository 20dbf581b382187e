import type { Payloads } from './kinds.js'

export type { Payloads }

/** Every kind that Telltale itself publishes; other programs may make up more, such as `backup.finished`. */
export type Kind = keyof Payloads
type Name = string & {}

/** The payload of a kind; of one that is not Telltale's, any object. */
export type Payload<K extends string> = K extends Kind ? Payloads[K] : Record<string, unknown>

/** One event of the log, as the stream carries it. */
export interface Event<K extends string = string> {
  /** Its place in the log, ascending; it compares only within one `epoch`. `<seq>.<epoch>` is the cursor after it. */
  seq: number
  epoch: string
  kind: K
  /** RFC 3339, UTC. */
  at: string
  /** What it is about, such as `task:t_9`: `/api/tasks/t_9` says how that stands now. From elsewhere it is `<subject>@<source>`. */
  subject: string
  /** From elsewhere it is the source, or `<source>/<actor>`. */
  actor: string
  /** `local`, or where it came from: the name of a token, of an upstream, or of a program on the server's own account. */
  source: string
  source_id?: string
  /** The seq of the event that led to this one. */
  cause: number | null
  payload: Payload<K>
  /** The whole event as it was sent, where a number such as `12345678901234567890` has all its digits. Not enumerable. */
  readonly json: string
}

/** The kinds that a filter names; a filter that ends in a dot names all that begin with it. */
export type Named<Filter extends string> = Filter extends `${string}.` ? Extract<Kind, `${Filter}${string}`> : Filter
/** An event of one of these kinds, told apart by `kind`. */
export type EventOf<K extends string> = K extends unknown ? Event<K> : never

export interface Target {
  /** The server's address, with a token of role `ingest` to publish and `viewer` to subscribe. */
  url?: string | undefined
  token?: string | undefined
  /** Instead of a url: the server's data folder, on its own machine; by default `data`. Its control socket needs no token. */
  data?: string | undefined
  /**
   * The name of this program, by default the script's. Over the control socket it is its events' source; with a token the
   * source is the token's name, and this one stands in the actor and before the `source_id`.
   */
  source?: string | undefined
  /** Where `publishAuto` keeps events on another machine than the server's, and sends them from. */
  spool?: string | undefined
  /** How long `publishAuto` waits for a slow server before it keeps an event on the disk, in ms; 500. */
  patience?: number | undefined
}

export interface PublishOptions {
  /** What it is about: `host:nas` is stored as `host:nas@<source>`. */
  subject?: string | undefined
  /** Who did it: `cron` is stored as `<source>/cron`. The source by default. */
  actor?: string | undefined
  /** When it happened; now by default. */
  at?: string | Date | undefined
  /** The seq of the event that led to it. */
  cause?: number | undefined
  /** One id is taken once, however often it is published; a fresh one by default. */
  source_id?: string | undefined
}

export interface Published {
  seq: number
  /** True when the log had this `source_id` before; `seq` is the first one's. */
  duplicate: boolean
}

/** The file in which the event waits for the server. */
export interface Spooled {
  spooled: string
}

export interface SubscribeOptions<Filter extends string = string> {
  /** Kinds, or prefixes that end in a dot, such as `task.`. All by default. */
  kinds?: readonly Filter[] | undefined
  /** As it is stored, such as `task:t_9` or `host:nas@nas`. */
  subject?: string | undefined
  /** The cursor to go on after, `<seq>.<epoch>` or a seq; `0` for the beginning of the log. From now on by default. */
  since?: string | undefined
  /** Without `since`: the last so many events first. */
  limit?: number | undefined
  /** Nothing is dropped, however slow this reader is. */
  lossless?: boolean | undefined
  /** Ends the loop. */
  signal?: AbortSignal | undefined
  /** Each connection begins with it. */
  onReady?: ((ready: { epoch: string; seq: number; oldest: number; server_time: string; heartbeat_s: number; max_s: number }) => unknown) | undefined
  /** The cursor could not be resumed: read the state again; the events after `seq` follow. Awaited. */
  onReset?: ((reset: { epoch: string; seq: number; reason: string }) => unknown) | undefined
  /** This reader was too slow, and so many events were dropped for it. Awaited. */
  onGap?: ((gap: { from: number; to: number; dropped: number }) => unknown) | undefined
}

export interface Client {
  readonly source: string
  /**
   * Publishes an event and answers when it is committed. A server that does not answer is tried for 5 s, under one
   * `source_id`. Throws Refused, Unreachable.
   */
  publish<K extends Kind | Name>(kind: K, payload?: Payload<K>, options?: PublishOptions): Promise<Published>
  /**
   * Publishes an event, or keeps it on the disk when the server does not take it within 500 ms: it arrives later, once,
   * in the order of the calls. It answers within a second; of thousands at once each adds a ms of disk. Throws Refused
   * for an event that is not right, never for a server that is down; only without a folder to keep it in (a url with
   * neither `data` nor `spool`) it throws Unreachable.
   */
  publishAuto<K extends Kind | Name>(kind: K, payload?: Payload<K>, options?: PublishOptions): Promise<Published | Spooled>
  /**
   * The events from a cursor on, one after another, none missed and none twice: it reconnects by itself and resumes.
   * What is missed all the same (`reset`, `gap`) is told to the callbacks; without them the loop throws Missed. Also
   * throws Refused.
   */
  subscribe<Filter extends Kind | Name = string>(options?: SubscribeOptions<Filter>): AsyncGenerator<EventOf<Named<Filter>>, void, undefined>
  /** Lets go of the connections, and stops sending what waits in `spool`. A subscription ends by its own signal. */
  close(): void
}

/** A client of one server; nothing is sent yet. */
export function connect(target?: Target): Client

/** Whether the event is of this kind; it then has that kind's payload. */
export function is<K extends Kind | Name>(event: Event, kind: K): event is Event<K>

/** Nobody answered, or not in time. */
export class Unreachable extends Error {}

/** The server said no, or would: `message` is a sentence, `fields` says what is wrong with which field. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Readonly<Record<string, string>>
  /** All that the server said (RFC 9457), such as the current state. */
  readonly problem: Readonly<Record<string, unknown>>
}

/** Events were missed for good, and there was no callback to be told so. */
export class Missed extends Error {
  readonly told: Readonly<Record<string, unknown>>
}
