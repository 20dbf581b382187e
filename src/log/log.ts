import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import type { Db } from '../db/index.ts'
import { EVERY_KIND, isNamed, type Kind, type Kinds } from './kinds.ts'

export interface LoggedEvent {
  seq: number
  at: number
  kind: string
  subject: string
  actor: string
  source: string
  source_id: string | null
  cause: number | null
  payload: string
}

export const LOCAL = 'local'

export async function head(db: Db): Promise<number> {
  const { seq } = await db
    .selectFrom('events')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow()
  return seq ?? 0
}

/** The seq of the newest event of these kinds, with one index seek each. */
export async function headOf(db: Db, patterns: readonly string[], kinds: Kinds): Promise<number> {
  if (patterns.includes(EVERY_KIND)) return head(db)
  let newest = 0
  for (const kind of [...kinds.keys()].filter((kind) => isNamed(kind, patterns))) {
    const { seq } = await db
      .selectFrom('events')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow()
    newest = Math.max(newest, seq ?? 0)
  }
  return newest
}

export async function headAbout(db: Db, subject: string): Promise<number> {
  const { seq } = await db
    .selectFrom('events')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow()
  return seq ?? 0
}

interface Change {
  db: Db
  /** Its own events, which the table may not have yet. */
  written: readonly LoggedEvent[]
}

/** The newest event of these kinds about the subject, those of the change itself included. */
export async function newestOf({ db, written }: Change, subject: string, kinds: readonly Kind[]): Promise<number | undefined> {
  const own = written.findLast((event) => event.subject === subject && kinds.some(({ name }) => name === event.kind))
  if (own) return own.seq
  const query = db
    .selectFrom('events')
    .select('seq')
    .where('subject', '=', subject)
    .where(
      'kind',
      'in',
      kinds.map(({ name }) => name),
    )
    .where('source', '=', LOCAL)
  return (await query.orderBy('seq', 'desc').limit(1).executeTakeFirst())?.seq
}

export async function oldest(db: Db): Promise<number> {
  const { seq } = await db
    .selectFrom('events')
    .select(({ fn }) => fn.min('seq').as('seq'))
    .executeTakeFirstOrThrow()
  return seq ?? 1
}

export function after(db: Db, seq: number, limit: number): Promise<LoggedEvent[]> {
  return db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute()
}

export interface Filter {
  kinds: readonly string[]
  subject?: string | undefined
}

export interface Span {
  since: number
  before: number
  order: 'asc' | 'desc'
  limit: number
}

/** Up to this many kinds are looked up by index; with more, the log is scanned. */
const MOST_KINDS = 200

/** Up to `limit` matching events, oldest first after `since`, or newest first before `before`. */
export async function windowOf(db: Db, { kinds, subject }: Filter, span: Span): Promise<LoggedEvent[]> {
  if (kinds.length > 0 && subject === undefined) {
    const named = await kindsNamed(db, kinds)
    if (named.length <= MOST_KINDS) return ofKinds(db, named, span)
  }
  let query = within(db, span).selectAll()
  if (subject !== undefined) query = query.where('subject', '=', subject)
  if (kinds.length > 0) query = query.where((eb) => matchesKinds(eb, kinds))
  return query.execute()
}

export const matchesKinds = ({ or, and, eb }: ExpressionBuilder<Schema, 'events'>, kinds: readonly string[]) =>
  or(kinds.map((kind) => (kind.endsWith('.') ? and([eb('kind', '>=', kind), eb('kind', '<', behind(kind))]) : eb('kind', '=', kind))))

/** Up to `most` kinds in the log that begin with `prefix`, with one index seek each. */
async function kindsIn(db: Db, { prefix = '', most }: { prefix?: string; most: number }): Promise<string[]> {
  const kinds: string[] = []
  for (let last = prefix; kinds.length < most; ) {
    let query = db
      .selectFrom('events')
      .select(({ fn }) => fn.min('kind').as('kind'))
      .where('kind', '>', last)
    if (prefix !== '') query = query.where('kind', '<', behind(prefix))
    const { kind } = await query.executeTakeFirstOrThrow()
    if (!kind) break
    kinds.push(kind)
    last = kind
  }
  return kinds
}

async function kindsNamed(db: Db, patterns: readonly string[]): Promise<string[]> {
  const named = new Set<string>()
  for (const pattern of patterns) {
    const kinds = pattern.endsWith('.') ? await kindsIn(db, { prefix: pattern, most: MOST_KINDS + 1 }) : [pattern]
    for (const kind of kinds) named.add(kind)
    if (named.size > MOST_KINDS) break
  }
  return [...named]
}

async function ofKinds(db: Db, kinds: readonly string[], span: Span): Promise<LoggedEvent[]> {
  const found: { seq: number }[] = []
  for (const kind of kinds) found.push(...(await within(db, span).select('seq').where('kind', '=', kind).execute()))
  if (found.length === 0) return []
  const first = found.map(({ seq }) => seq).sort((a, b) => (span.order === 'asc' ? a - b : b - a))
  return within(db, span).selectAll().where('seq', 'in', first.slice(0, span.limit)).execute()
}

export function within(db: Db, { since, before, order, limit }: Span) {
  const query = db.selectFrom('events').where('seq', '>', since).orderBy('seq', order).limit(limit)
  return before < Number.POSITIVE_INFINITY ? query.where('seq', '<', before) : query
}

const behind = (prefix: string) => `${prefix.slice(0, -1)}/`

export const epochOf = (db: Db): Promise<string> => metaOf(db, 'epoch')

/** The random host label of this data folder, such as `telltale-3f9a0c1b2d`; it never changes. */
export const labelOf = (db: Db): Promise<string> => metaOf(db, 'label')

async function metaOf(db: Db, key: string): Promise<string> {
  const { value } = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirstOrThrow()
  return value
}

interface Cursor {
  seq: number
  epoch: string
}

export const formatCursor = ({ seq, epoch }: Cursor) => `${seq}.${epoch}`

/** Parses `<seq>.<epoch>`, or a bare seq, which belongs to `epoch`. Null otherwise. */
export function parseCursor(text: string | undefined | null, epoch: string): Cursor | null {
  const [, seq, named = epoch] = /^(\d{1,15})(?:\.([a-z0-9]{1,32}))?$/.exec(text ?? '') ?? []
  return seq === undefined ? null : { seq: Number(seq), epoch: named }
}
