import { frame } from './frame.ts'
import { type JsonObject, parseJson } from './json.ts'
import type { LoggedEvent } from './log.ts'

export const RING_EVENTS = 10_000
/** Of their payloads: ten thousand of the largest would fill the memory. Older ones are read from the table. */
export const RING_BYTES = 33_554_432

/** How a record is laid out: the whole envelope, or `kind`, `seq` and the payload's fields on one level. */
export type Shape = 'envelope' | 'flat'

/** One event of the log as bytes, made when a reader first wants them and then shared by all. */
export class Record {
  readonly event: LoggedEvent
  readonly #epoch: string
  readonly #frames: Partial<{ [shape in Shape]: Buffer }> = {}

  constructor(event: LoggedEvent, epoch: string) {
    this.event = event
    this.#epoch = epoch
  }

  frame(shape: Shape): Buffer {
    const { seq, kind } = this.event
    const made =
      this.#frames[shape] ?? frame({ event: kind, id: `${seq}.${this.#epoch}`, data: shape === 'flat' ? flat(this.event) : envelope(this.event, this.#epoch) })
    this.#frames[shape] = made
    return made
  }
}

/** The newest events, shared by every reader: a reader is a cursor into it, and holds no copy of anything. */
export class Ring {
  readonly epoch: string
  readonly #records: (Record | undefined)[] = []
  /** Exclusive. */
  #begin: number
  #head: number
  #bytes = 0

  /** `head`: the newest event of the log when the ring begins, empty. */
  constructor(epoch: string, head: number) {
    this.epoch = epoch
    this.#begin = head
    this.#head = head
  }

  get head(): number {
    return this.#head
  }

  push(event: LoggedEvent) {
    this.#forget(event.seq - RING_EVENTS)
    this.#records[event.seq % RING_EVENTS] = new Record(event, this.epoch)
    this.#bytes += event.payload.length
    this.#head = event.seq
    while (this.#bytes > RING_BYTES) this.#forget(this.#begin + 1)
  }

  /** Replaces each payload for which `rewrite` returns a new one. */
  rewrite(rewrite: (event: LoggedEvent) => string | undefined) {
    for (const [i, record] of this.#records.entries()) {
      const payload = record && rewrite(record.event)
      if (!record || payload === undefined) continue
      this.#bytes += payload.length - record.event.payload.length
      this.#records[i] = new Record({ ...record.event, payload }, this.epoch)
    }
  }

  /** True when every event from `seq` to the head is here. */
  reaches(seq: number): boolean {
    return seq > this.#begin
  }

  /** The event `seq`, or undefined when it is not here, or never was. */
  at(seq: number): Record | undefined {
    const record = this.#records[seq % RING_EVENTS]
    return record?.event.seq === seq ? record : undefined
  }

  #forget(seq: number) {
    if (seq <= this.#begin) return
    this.#begin = seq
    this.#bytes -= this.#records[seq % RING_EVENTS]?.event.payload.length ?? 0
    this.#records[seq % RING_EVENTS] = undefined
  }
}

/** The envelope as JSON text; the payload is JSON already and is not parsed again. */
export function envelope(event: LoggedEvent, epoch: string): string {
  const { seq, kind, subject, actor, source, source_id, cause, payload } = event
  const head = JSON.stringify({
    seq,
    epoch,
    kind,
    at: new Date(event.at).toISOString(),
    subject,
    actor,
    source,
    ...(source_id !== null && { source_id }),
    cause,
  })
  return `${head.slice(0, -1)},"payload":${payload}}`
}

/** A payload's own `kind` or `seq` gives way: a reader must be able to trust those two. */
function flat({ seq, kind, payload }: LoggedEvent): string {
  const ours = { kind, seq }
  return JSON.stringify({ ...ours, ...(parseJson(payload) as JsonObject), ...ours })
}
