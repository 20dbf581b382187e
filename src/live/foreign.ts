import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { App } from './app.ts'
import { check } from './check.ts'
import { isKnown, KIND_NAME, KINDS } from './kinds.ts'
import { type Caller, type ForeignEvent, type Mutation, PAYLOAD_BYTES } from './mutate.ts'
import { invalid } from './problem.ts'

/** SQLite reads JSON no deeper (its JSON_MAX_DEPTH); the log checks that what it holds can be read. */
const MOST_LEVELS = 1_000

/** What a refusal calls an event that is not right as a whole. */
const WHOLE = { of: 'event' }

/** A name on one line: it goes into log lines and stream fields. */
const name = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text) && text.isWellFormed(), 'It may hold no control character and no half of a character')

/** An event as another process writes it, over HTTP or into the inbox. */
export const Foreign = z.strictObject({
  source: name(200).refine((source) => source !== 'local', 'The source "local" is this server itself'),
  source_id: name(200).optional(),
  kind: z
    .string()
    .regex(KIND_NAME, 'A kind looks like noun.past_participle')
    .refine((kind) => !kind.startsWith('bus.'), 'The kinds of "bus." belong to the transport'),
  payload: z.record(z.string(), z.unknown()).default({}),
  subject: name(200).optional(),
  actor: name(100).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  cause: z.int().positive().nullish(),
})
export type Foreign = z.input<typeof Foreign>

/** A CloudEvent 1.0, as JSON (its JSON format, section 2) or from `ce-` headers (HTTP binding, section 3.1). */
const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: name(200),
  source: name(200),
  type: name(200),
  subject: name(200).optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  data: z.unknown().optional(),
  /** Instead of `data`, where that is not JSON. */
  data_base64: z.string().optional(),
})

/** Checks one event and makes it ready for the log; `source` is who sent it, where it does not say. Throws invalid with what is wrong. */
export function foreign(input: unknown, now: number, from?: { source: string; source_id?: string }): ForeignEvent {
  const said = check(Foreign, from ? { ...from, ...unwrapped(input) } : unwrapped(input), WHOLE)
  const { source, source_id = randomUUID(), kind, payload, subject, actor, at, cause } = said
  if (isKnown(kind)) check(KINDS[kind].payload.loose() as z.ZodType, payload, { within: 'payload' }) // loose: a newer program may know more fields
  if (isDeeper(payload, MOST_LEVELS)) throw invalid(`payload: It is nested deeper than ${MOST_LEVELS} levels.`, { payload: 'This is too deep.' })
  const json = JSON.stringify(payload)
  if (Buffer.byteLength(json) > PAYLOAD_BYTES) throw invalid(`payload: It is larger than ${PAYLOAD_BYTES / 1024} KiB.`, { payload: 'This is too large.' })
  return {
    source,
    source_id,
    kind,
    subject: subject ?? `source:${source}`,
    actor: actor ?? source,
    at: at === undefined ? now : Date.parse(at),
    cause: cause ?? null,
    payload: json,
  }
}

/** A CloudEvent as an event of ours: its type is the kind, its data the payload. Throws invalid. */
export function fromCloudEvent(input: unknown): Foreign {
  const { id, source, type, subject, time, data, data_base64 } = check(CloudEvent, input, WHOLE)
  const payload = data_base64 === undefined ? payloadOf(data) : { data_base64 }
  return { source, source_id: id, kind: type.toLowerCase(), payload, subject, at: time }
}

/** Appends them in one transaction, each once; answers their seqs in the order given. */
export function append(app: App, caller: Caller, events: readonly ForeignEvent[]): Promise<Mutation<{ seq: number; duplicate: boolean }[]>> {
  return app.mutate(caller, async (tx) => {
    const appended = []
    for (const event of events) appended.push(await tx.append(event))
    return appended
  })
}

/** A `bus.event` envelope is opened: what is stored is the event inside. */
function unwrapped(input: unknown): object {
  const event = isRecord(input) ? input : {}
  const { kind, payload, ...rest } = event
  if (kind !== 'bus.event' || !isRecord(payload)) return event
  return { ...rest, kind: payload.kind ?? payload.event_type, payload: payload.payload ?? {} }
}

function payloadOf(data: unknown): Record<string, unknown> {
  if (isRecord(data)) return data
  return data === undefined || data === null ? {} : { data }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
