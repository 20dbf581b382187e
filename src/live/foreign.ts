import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { App } from './app.ts'
import { isKnown, KIND_NAME, KINDS } from './kinds.ts'
import { type Caller, type ForeignEvent, type Mutation, PAYLOAD_BYTES } from './mutate.ts'
import { invalid } from './problem.ts'

/** A name on one line: it goes into log lines and stream fields. */
const name = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'It may hold no control character and no half of a character')

/** An event as another process writes it, over HTTP or into the inbox. */
export const Foreign = z.strictObject({
  source: name(200).refine((source) => source !== 'local', 'The source "local" is this server itself'),
  source_id: name(200).optional(),
  kind: z.string().regex(KIND_NAME, 'A kind looks like noun.past_participle'),
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
  data: z.unknown(),
})

/** Checks one event and makes it ready for the log. Throws invalid with what is wrong. */
export function foreign(input: unknown, now: number): ForeignEvent {
  const { source, source_id = randomUUID(), kind, payload, subject, actor, at, cause } = parse(Foreign, input)
  if (isKnown(kind)) parse(KINDS[kind].payload, payload, 'payload.')
  const json = JSON.stringify(payload)
  if (Buffer.byteLength(json) > PAYLOAD_BYTES) throw invalid(`The payload is larger than ${PAYLOAD_BYTES / 1024} KiB.`, { payload: 'This is too large.' })
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

/** The same for a CloudEvent: its type is the kind, its data the payload. */
export function fromCloudEvent(input: unknown): Foreign {
  const { id, source, type, subject, time, data } = parse(CloudEvent, input)
  const isRecord = typeof data === 'object' && data !== null && !Array.isArray(data)
  const payload = isRecord ? (data as Record<string, unknown>) : data === undefined || data === null ? {} : { data }
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

function parse<T>(schema: z.ZodType<T>, input: unknown, prefix = ''): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const { path, message } of parsed.error.issues) fields[`${prefix}${path.join('.')}`] ??= `${message}.`
  const [[field, message] = ['', '']] = Object.entries(fields)
  throw invalid(`${field || 'event'}: ${message}`, fields)
}
