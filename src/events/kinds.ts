import { z } from 'zod'
import type { Window } from '../db/index.ts'
import { contains, type Db } from '../db/index.ts'
import { indented } from '../input/json.ts'
import { TRANSPORT_KINDS, type TransportKind } from '../live/transport-kinds.ts'
import type { Kind, Kinds } from '../log/kinds.ts'
import type { LoggedEvent } from '../log/log.ts'

interface KindReference {
  kind: string
  when: string
  fields: { name: string; type: string; optional: boolean }[]
}

export interface KindSample extends KindReference {
  isOwn: boolean
  sample: Sample | null
}

/** An event with its payload as formatted text, shortened if it is long. */
interface Sample extends Pick<LoggedEvent, 'seq' | 'at' | 'source' | 'subject' | 'payload'> {
  isWhole: boolean
}

export interface KindList extends Window<KindSample> {
  transport: readonly TransportKind[]
}

/** `q` selects kinds with each of these words in their name, fields or description. `after` pages through other programs' kinds. */
export const KindsFilter = z.object({
  q: z
    .string()
    .max(200)
    .optional()
    .transform((text) => text?.trim() || undefined),
  after: z.string().max(500).optional(),
})
export type KindsFilter = Partial<z.infer<typeof KindsFilter>>

const OTHERS = 50
const SAMPLE_CHARACTERS = 2_000

/** What this server emits. */
export const reference = (kinds: Kinds): KindReference[] => published(kinds).map(referenceOf)

const published = (kinds: Kinds): Kind[] => [...kinds.values()].filter(({ isPublished }) => isPublished)

function referenceOf({ name: kind, when, payload }: Kind): KindReference {
  const schema = z.toJSONSchema(payload) as { properties?: Record<string, JsonType>; required?: string[] }
  const fields = Object.entries(schema.properties ?? {}).map(([name, type]) => ({ name, type: inWords(type), optional: !schema.required?.includes(name) }))
  return { kind, when, fields }
}

/** This server's kinds and one window of others', each with its newest event. */
export async function samples(db: Db, kinds: Kinds, { q, after }: KindsFilter): Promise<KindList> {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const own = after === undefined ? reference(kinds).filter((kind) => speaksOf(words, kind)) : []
  const others = await otherKinds(db, words, { after, own: published(kinds).map(({ name }) => name) })
  const shown = others.slice(0, OTHERS)
  const items: KindSample[] = []
  for (const kind of own) items.push({ ...kind, isOwn: true, sample: await newest(db, kind.kind) })
  for (const kind of shown) {
    const known = kinds.get(kind)
    items.push({ ...(known ? referenceOf(known) : { kind, when: '', fields: [] }), isOwn: false, sample: await newest(db, kind) })
  }
  const next = others.length > OTHERS ? (shown.at(-1) as string) : null
  return { items, next, transport: after === undefined ? TRANSPORT_KINDS.filter((kind) => speaksOf(words, kind)) : [] }
}

/** One kind more than a window, to know whether others follow. Only their names are searched. */
async function otherKinds(db: Db, words: readonly string[], { after, own }: { after: string | undefined; own: readonly string[] }): Promise<string[]> {
  let query = db
    .selectFrom('event_kinds')
    .select('kind')
    .distinct()
    .where('kind', 'not in', own)
    .orderBy('kind')
    .limit(OTHERS + 1)
  if (after !== undefined) query = query.where('kind', '>', after)
  for (const word of words) query = query.where((eb) => contains(eb.ref('kind'), word))
  return (await query.execute()).map(({ kind }) => kind)
}

/** True if the description of the kind has every word, case-insensitive. */
function speaksOf(words: readonly string[], kind: KindReference | TransportKind): boolean {
  const more = 'fields' in kind ? kind.fields.flatMap(({ name, type }) => [name, type]) : [kind.data]
  const said = [kind.kind, kind.when, ...more].join(' ').toLowerCase()
  return words.every((word) => said.includes(word))
}

async function newest(db: Db, kind: string): Promise<Sample | null> {
  const found = await db
    .selectFrom('events')
    .select(['seq', 'at', 'source', 'subject', 'payload'])
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!found) return null
  const payload = indented(found.payload, SAMPLE_CHARACTERS)
  return { ...found, payload, isWhole: payload.length < SAMPLE_CHARACTERS }
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
