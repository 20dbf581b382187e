import { z } from 'zod'
import { type Db, snapshot } from '../db/index.ts'
import type { Page } from '../http/panel.ts'
import { isKnown, KINDS, type Kind } from '../live/kinds.ts'
import { type Filter, head, kindsIn, type LoggedEvent, page, type Span } from '../live/log.ts'
import { TRANSPORT_KINDS, type TransportKind } from '../live/transport-kinds.ts'

/** A kind as the page `/events` and `/api/kinds` tell of it. */
export interface KindReference {
  kind: string
  /** Published when this happens. */
  when: string
  fields: { name: string; type: string; optional: boolean }[]
}

/** A kind with the newest event of it that the log holds. */
export interface KindSample extends KindReference {
  /** False for a kind that another program made up. */
  isKnown: boolean
  sample: (Omit<LoggedEvent, 'payload'> & { payload: unknown }) | null
}

export interface KindList extends Page<KindSample> {
  /** The frames of a stream that are no events. */
  transport: readonly TransportKind[]
  /** How many kinds there are with no filter. */
  total: number
}

/** `q`: only the kinds that have this text in their name, their fields or what is said of them. */
export const EventsFilter = z.object({
  q: z
    .string()
    .max(200)
    .optional()
    .transform((text) => text?.trim() || undefined),
})
export type EventsFilter = Partial<z.infer<typeof EventsFilter>>

/** How many kinds of other programs are looked for. */
const MOST_OTHERS = 200

export interface History {
  seq: number
  items: LoggedEvent[]
  /** Whether the log goes on after the last of them. */
  more: boolean
}

/** A page of the log and the seq it was read at, in one snapshot. */
export function history(db: Db, filter: Filter, at: Span): Promise<History> {
  return snapshot(db, async (db) => {
    const found = await page(db, filter, { ...at, limit: at.limit + 1 })
    return { seq: await head(db), items: found.slice(0, at.limit), more: found.length > at.limit }
  })
}

/** Every kind that this program stores, with its fields, from the registry. */
export function reference(): KindReference[] {
  return (Object.keys(KINDS) as Kind[]).map((kind) => {
    const schema = z.toJSONSchema(KINDS[kind].payload) as { properties?: Record<string, JsonType>; required?: string[] }
    const fields = Object.entries(schema.properties ?? {}).map(([name, type]) => ({ name, type: inWords(type), optional: !schema.required?.includes(name) }))
    return { kind, when: KINDS[kind].when, fields }
  })
}

/** The registry's kinds, then those that other programs brought, each with its newest event. */
export async function samples(db: Db, { q }: EventsFilter): Promise<KindList> {
  const others = (await kindsIn(db, { most: MOST_OTHERS })).filter((kind) => !isKnown(kind))
  const all = [...reference().map((kind) => ({ ...kind, isKnown: true })), ...others.map((kind) => ({ kind, when: '', fields: [], isKnown: false }))]
  const items = []
  for (const kind of all.filter((kind) => speaksOf(q, kind))) items.push({ ...kind, sample: await newest(db, kind.kind) })
  return { items, next: null, transport: TRANSPORT_KINDS.filter((kind) => speaksOf(q, kind)), total: all.length + TRANSPORT_KINDS.length }
}

/** True when every word of `q` stands somewhere in what is told of the kind, in whatever case. */
function speaksOf(q: string | undefined, kind: KindReference | TransportKind): boolean {
  const more = 'fields' in kind ? kind.fields.flatMap(({ name, type }) => [name, type]) : [kind.data]
  const told = [kind.kind, kind.when, ...more].join(' ').toLowerCase()
  return (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word))
}

async function newest(db: Db, kind: string): Promise<KindSample['sample']> {
  const found = await db.selectFrom('events').selectAll().where('kind', '=', kind).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return found ? { ...found, payload: JSON.parse(found.payload) } : null
}

interface JsonType {
  type?: string | string[]
  enum?: string[]
  items?: JsonType
  anyOf?: JsonType[]
}

function inWords({ type, enum: words, items, anyOf }: JsonType): string {
  if (anyOf) return anyOf.map(inWords).join(' or ')
  if (words) return words.join(' | ')
  if (type === 'array') return `list of ${items ? inWords(items) : 'anything'}`
  return Array.isArray(type) ? type.join(' or ') : (type ?? 'anything')
}
