import type { Db, Ms, Window } from '../db/index.ts'
import { snapshot } from '../db/index.ts'
import { indented, type JsonObject } from '../input/json.ts'
import { head, headAbout, type LoggedEvent, type Span } from '../log/log.ts'
import { type Search, search } from '../log/search.ts'
import type { Sentence } from '../log/sentence.ts'
import type { EventsFilter } from './filter.ts'
import { type Recent, recent } from './recent.ts'
import { WINDOW_SIZE } from './words.ts'

interface History {
  seq: number
  items: LoggedEvent[]
  /** Where the next window begins, before or after this seq; null at the end of the log. */
  next: number | null
  /** The last event that was checked, if the search ended before its window was full. */
  reached: number | null
}

/** An event as a row of the log, with its payload as formatted text, shortened if it is long. */
export interface EventRow extends Sentence, Pick<LoggedEvent, 'subject' | 'cause' | 'payload'> {
  isWhole: boolean
}

export interface EventList extends Window<EventRow> {
  recent: Recent
  reached: number | null
}

const PAYLOAD_CHARACTERS = 2_000
const BRIEF_FIELDS = 4
const BRIEF_CHARACTERS = 60

export function history(db: Db, filter: Search, at: Span): Promise<History> {
  return snapshot(db, (db) => windowIn(db, filter, at))
}

/** `nouns` are those of subjects that have pages: `t_9` means `task:t_9`. */
export async function list(
  db: Db,
  filter: EventsFilter,
  { sentence, nouns, now }: { sentence(event: LoggedEvent): Sentence; nouns: readonly string[]; now: Ms },
): Promise<EventList> {
  const subject = filter.subject && (await subjectCalled(db, filter.subject, nouns))
  const { before = Number.POSITIVE_INFINITY, limit = WINDOW_SIZE } = filter
  const { items, next, reached } = await windowIn(db, { ...filter, subject }, { since: 0, before, order: 'desc', limit })
  return { items: items.map((event) => row(event, sentence(event))), next: next === null ? null : String(next), reached, recent: await recent(db, now) }
}

async function windowIn(db: Db, filter: Search, at: Span): Promise<History> {
  const { items: found, reached } = await search(db, filter, { ...at, limit: at.limit + 1 })
  const items = found.slice(0, at.limit)
  const next = found.length > at.limit ? (items.at(-1)?.seq ?? null) : reached
  return { seq: await head(db), items, next, reached }
}

async function subjectCalled(db: Db, name: string, nouns: readonly string[]): Promise<string> {
  if (name.includes(':')) return name
  for (const noun of nouns) if ((await headAbout(db, `${noun}:${name}`)) > 0) return `${noun}:${name}`
  return name
}

function row(event: LoggedEvent, sentence: Sentence): EventRow {
  const { subject, cause } = event
  const payload = indented(event.payload, PAYLOAD_CHARACTERS)
  const text = sentence.text === sentence.kind ? brief(event.payload) : sentence.text
  return { ...sentence, text, subject, cause, payload, isWhole: payload.length < PAYLOAD_CHARACTERS }
}

/** `files: 12, ok: true`, for a kind that has no sentence. */
function brief(payload: string): string {
  const fields = Object.entries(JSON.parse(payload) as JsonObject).slice(0, BRIEF_FIELDS)
  return fields.map(([name, value]) => `${name}: ${typeof value === 'object' && value !== null ? '…' : String(value).slice(0, BRIEF_CHARACTERS)}`).join(', ')
}
