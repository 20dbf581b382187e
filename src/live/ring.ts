import { type JsonObject, parseJson } from '../input/json.ts'
import type { LoggedEvent } from '../log/log.ts'
import { frame } from './frame.ts'

export const RING_EVENTS = 10_000
/** A limit in payload bytes, as ten thousand of the largest would fill the memory. */
export const RING_BYTES = 33_554_432

export type Shape = 'envelope' | 'flat'

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

/** The newest events, shared by all readers, each of which only has a cursor into it. */
export class Ring {
  readonly epoch: string
  readonly #records: (Record | undefined)[] = []
  #begin: number
  #head: number
  #bytes = 0

  constructor(epoch: string, head: number) {
    this.epoch = epoch
    this.#begin = head
    this.#head = head
  }

  get head(): number {
    return this.#head
  }

  push(event: LoggedEvent) {
    // Usually one; a seq may be skipped, and then more slots are used again.
    for (let seq = Math.max(this.#begin, event.seq - 2 * RING_EVENTS) + 1; seq <= event.seq - RING_EVENTS; seq++) this.#forget(seq)
    this.#records[event.seq % RING_EVENTS] = new Record(event, this.epoch)
    this.#bytes += event.payload.length
    this.#head = event.seq
    while (this.#bytes > RING_BYTES) this.#forget(this.#begin + 1)
  }

  rewrite(rewrite: (event: LoggedEvent) => string | undefined) {
    for (const [i, record] of this.#records.entries()) {
      const payload = record && rewrite(record.event)
      if (!record || payload === undefined) continue
      this.#bytes += payload.length - record.event.payload.length
      this.#records[i] = new Record({ ...record.event, payload }, this.epoch)
    }
  }

  reaches(seq: number): boolean {
    return seq > this.#begin
  }

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

/** The envelope as JSON; the payload is inserted without parsing it. */
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

/** A payload's own `kind` or `seq` is overwritten: readers must be able to trust those two. */
function flat({ seq, kind, payload }: LoggedEvent): string {
  const ours = { kind, seq }
  return JSON.stringify({ ...ours, ...(parseJson(payload) as JsonObject), ...ours })
}
