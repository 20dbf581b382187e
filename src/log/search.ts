import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../db/engine/schema.ts'
import { contains, type Db } from '../db/index.ts'
import { type Filter, head, type LoggedEvent, matchesKinds, oldest, type Span, windowOf, within } from './log.ts'

/** A search of more than an index finds is checked against at most this many events; the next window goes on from there. */
export const REACH = 20_000

export interface Search extends Filter {
  source?: string | undefined
  actor?: string | undefined
  /** Each must appear in the payload, or in one of the names; ASCII letters match in either case. */
  words?: readonly string[]
}

export interface Found {
  items: LoggedEvent[]
  /** The last event that was checked, if others follow that were not. */
  reached: number | null
}

/** Up to `limit` matching events, as `windowOf` returns them, from a bounded number of events. */
export async function search(db: Db, wanted: Search, span: Span): Promise<Found> {
  if (!needsReading(wanted)) return { items: await windowOf(db, wanted, span), reached: null }
  const end = await endOf(db, wanted, span)
  const { kinds, subject, source, actor, words = [] } = wanted
  let query = within(db, end === undefined ? span : upTo(end, span)).selectAll()
  if (subject !== undefined) query = query.where('subject', '=', subject)
  if (kinds.length > 0) query = query.where((eb) => matchesKinds(eb, kinds))
  if (source !== undefined) query = query.where('source', '=', source)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  for (const word of words) query = query.where((eb) => hasWord(eb, word))
  const items = await query.execute()
  return { items, reached: end !== undefined && items.length < span.limit ? end : null }
}

/** Whether events must be read to see if they match, as no index says so. */
export const needsReading = ({ kinds, subject, source, actor, words = [] }: Search): boolean =>
  source !== undefined || actor !== undefined || words.length > 0 || (subject !== undefined && kinds.length > 0)

const upTo = (end: number, { order, ...span }: Span): Span =>
  order === 'desc' ? { ...span, order, since: Math.max(span.since, end - 1) } : { ...span, order, before: Math.min(span.before, end + 1) }

/** The seq of the last event within reach; undefined if the span has no more. */
async function endOf(db: Db, { kinds: [kind, ...others], subject }: Search, span: Span): Promise<number | undefined> {
  const isOneKind = kind !== undefined && others.length === 0 && !kind.endsWith('.')
  if (subject === undefined && !isOneKind) return endOfAll(db, span)
  const query = within(db, { ...span, limit: 1 })
    .select('seq')
    .offset(REACH - 1)
  const of = subject === undefined ? query.where('kind', '=', kind as string) : query.where('subject', '=', subject)
  return (await of.executeTakeFirst())?.seq
}

/** By arithmetic: to count the events would mean to read them. */
async function endOfAll(db: Db, { since, before, order }: Span): Promise<number | undefined> {
  const [first, last] = [Math.max(since + 1, await oldest(db)), Math.min(before - 1, await head(db))]
  if (last - first < REACH) return undefined
  return order === 'desc' ? last - REACH + 1 : first + REACH - 1
}

/** JSON escapes some characters of a word. */
function hasWord(eb: ExpressionBuilder<Schema, 'events'>, word: string) {
  const lower = word.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const names = (['subject', 'kind', 'actor', 'source'] as const).map((name) => contains(eb.fn<string>('lower', [name]), lower))
  return eb.or([contains(eb.fn<string>('lower', ['payload']), JSON.stringify(lower).slice(1, -1)), ...names])
}
