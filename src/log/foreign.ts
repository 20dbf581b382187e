import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { check } from '../input/check.ts'
import { depthOf, isObject, type JsonObject, MOST_LEVELS } from '../input/json.ts'
import { invalid } from '../input/problem.ts'
import { KIND_NAME, type Kinds } from './kinds.ts'
import { LOCAL } from './log.ts'
import { type Caller, type ForeignEvent, type Mutate, type Mutation, PAYLOAD_BYTES } from './mutate.ts'
import { isLocalActor, isName, type OwnPrograms, type Sender } from './sender.ts'

const WHOLE = { of: 'event' }

const name = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => isName(text, most), 'It must not contain control characters or half of a surrogate pair')

export const Foreign = z.strictObject({
  source: name(200)
    .refine((source) => source !== LOCAL, 'The source "local" is this server itself')
    .optional(),
  source_id: name(200).optional(),
  kind: z
    .string()
    .regex(KIND_NAME, 'A kind must look like noun.past_participle')
    .refine((kind) => !kind.startsWith('bus.'), 'The kinds of "bus." belong to the transport'),
  payload: z.custom<JsonObject>(isObject, 'This must be a JSON object').default({}),
  subject: name(200).optional(),
  actor: name(100).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  cause: z.int().positive().nullish(),
})
export type Foreign = z.input<typeof Foreign>

/** CloudEvents 1.0, as JSON (JSON format, 2) or from `ce-` headers (HTTP binding, 3.1). */
const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: name(200),
  source: name(200),
  type: name(200),
  subject: name(200).optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
})

/** An event of another program, received at `now`. Throws invalid. */
export function foreign(input: unknown, { now, sender, kinds }: { now: number; sender: Sender | OwnPrograms; kinds: Kinds }): ForeignEvent {
  const event = check(Foreign, 'key' in sender ? unwrapped(input) : { ...defaults(sender), ...unwrapped(input) }, WHOLE)
  const payload = JSON.stringify(event.payload)
  if (Buffer.byteLength(payload) > PAYLOAD_BYTES) throw invalid(`payload: It is larger than ${PAYLOAD_BYTES / 1024} KiB.`, { payload: 'This is too large.' })
  if (depthOf(payload) > MOST_LEVELS) throw invalid(`payload: It is nested deeper than ${MOST_LEVELS} levels.`, { payload: 'This is too deep.' })
  const { kind, at, cause } = event
  const known = kinds.get(kind)
  if (known) check(known.payload.loose() as z.ZodType, JSON.parse(payload), { within: 'payload' }) // loose: a newer program may know more fields
  return { ...attributed(event, sender), kind, at: at === undefined ? now : Date.parse(at), cause: cause ?? null, payload }
}

const defaults = ({ name: source, source_id }: OwnPrograms) => ({ source, ...(source_id !== undefined && { source_id }) })

/** Prefixes the event's own names with the sender's, so that none can pass for a subject or an actor of this server. */
function attributed(
  event: z.output<typeof Foreign>,
  sender: Sender | OwnPrograms,
): Pick<ForeignEvent, 'sender' | 'source' | 'source_id' | 'subject' | 'actor'> {
  const isOwn = !('key' in sender)
  const { source = sender.name, source_id: id } = isOwn ? event : { ...event, source: sender.name }
  const declared = event.source === source ? undefined : event.source
  const subject = event.subject ?? (declared && `source:${declared}`)
  const actor = event.actor ?? declared
  return {
    sender: isOwn ? `owner:${source}` : sender.key,
    source,
    // Two programs with one sender may both count from 1.
    source_id: id === undefined ? randomUUID() : declared === undefined ? id : `${declared}/${id}`,
    subject: subject === undefined ? `source:${source}` : `${subject}@${source}`,
    actor: actor !== undefined ? `${source}/${actor}` : isLocalActor(source) ? `${source}/${source}` : source,
  }
}

/** Its type is the kind, its data the payload. Throws invalid. */
export function fromCloudEvent(input: unknown): Foreign {
  const { id, source, type, subject, time, data, data_base64 } = check(CloudEvent, input, WHOLE)
  const payload = data_base64 === undefined ? payloadOf(data) : { data_base64 }
  return { source, source_id: id, kind: type.toLowerCase(), payload, subject, at: time }
}

export function append(app: { mutate: Mutate }, caller: Caller, events: readonly ForeignEvent[]): Promise<Mutation<{ seq: number; duplicate: boolean }[]>> {
  return app.mutate(caller, async (tx) => {
    const appended = []
    for (const event of events) appended.push(await tx.append(event))
    return appended
  })
}

function unwrapped(input: unknown): object {
  const event = isObject(input) ? input : {}
  const { kind, payload, ...rest } = event
  if (kind !== 'bus.event' || !isObject(payload)) return event
  return { ...rest, kind: payload.kind ?? payload.event_type, payload: payload.payload ?? {} }
}

function payloadOf(data: unknown): JsonObject {
  if (isObject(data)) return data
  return data === undefined || data === null ? {} : { data }
}
