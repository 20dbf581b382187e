import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { type Db, holdsText, type Ms } from '../db/index.ts'
import type { Schema } from '../db/schema.ts'
import { invalid, type Problem } from '../live/problem.ts'
import { type Did, readDid } from './did.ts'
import { instantOf, mistakeIn, zoneName } from './instant.ts'
import { parseSearch, type SearchProblem, STATE_WORDS, sinceMistake, type Term, typedTerm } from './search.ts'
import type { TaskState } from './tasks.ts'

const LONGEST = 1000
/** As many rows as one page may ask for. */
export const MOST_ROWS = 200
const word = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((value) => value || undefined)

const TaskQuery = z.object({
  state: z
    .enum([...STATE_WORDS, ''])
    .optional()
    .transform((value) => value || undefined),
  /** The search box: see `search.ts`. */
  q: z
    .string()
    .trim()
    .max(LONGEST)
    .optional()
    .transform((value) => value || undefined),
  queue: word,
  worker: word,
  project: word,
  since: word.superRefine(without(sinceMistake)),
  /** The tasks older than this one, or than this time. */
  before: word.superRefine(without(beforeMistake)),
  /** For times without an offset; the server's own by default. */
  zone: zoneName,
  /** What became of the change of many that its reader comes from: `cancel-12.already_ended-3`. */
  did: z.string().max(200).optional().transform(readDid),
  limit: z.preprocess((value) => value || undefined, z.coerce.number().int().min(1).max(MOST_ROWS).optional()),
})

/** What the URL of a task list says, with everything that narrows it as one search. */
export interface TaskFilter {
  state?: (typeof STATE_WORDS)[number]
  /** The whole search as it is typed. */
  q?: string
  before?: string
  /** When `before` is a time: the instant that it is. */
  until?: Ms
  /** The zone of times without an offset. */
  zone?: string
  /** How many rows a page has, where that is not as usual. */
  limit?: number
  /** The change of many that its reader has just made. */
  did?: Did
  terms: readonly Term[]
  /** A search that cannot be read: the page says where, a machine is refused. */
  problem?: Problem & { place: SearchProblem }
}

/** An unknown state or a wrong cursor is a clear 422, never an empty list. */
export const TaskFilter = TaskQuery.transform(({ state, q, before, zone, limit, did, ...named }): TaskFilter => {
  const extra = Object.entries(named).flatMap(([name, value]) => (value ? [typedTerm(name as Term['name'], value)] : []))
  const all = [...extra, ...(q ? [q] : [])].join(' ')
  const { terms, problem } = parseSearch(all)
  const until = before?.startsWith('t_') === false ? instantOf(before, zone) : undefined
  return {
    ...(state && { state }),
    ...(all && { q: all }),
    ...(before && { before }),
    ...(until !== undefined && { until }),
    ...(zone && { zone }),
    ...(limit && { limit }),
    ...(did && { did }),
    terms,
    ...(problem && { problem: asProblem(problem) }),
  }
})

/** A list with no filter at all. */
export const EVERYTHING: TaskFilter = { terms: [] }

const STATES: Partial<Record<(typeof STATE_WORDS)[number], TaskState[]>> = {
  open: ['queued', 'claimed', 'running'],
  done: ['succeeded', 'failed', 'cancelled', 'lost'],
}
const COLUMNS = { queue: 'queue', worker: 'worker_id', project: 'project', urgency: 'urgency', type: 'type', by: 'created_by' } as const
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The tasks that the filter names; the cursor is left to the caller. Throws the filter's problem. */
export function matching(db: Db, { state, terms, problem, zone }: TaskFilter, now: Ms) {
  if (problem) throw problem
  let query = db.selectFrom('tasks').where('deleted_at', 'is', null)
  if (state) query = query.where((eb) => inState(eb, state, now))
  for (const name of new Set(terms.map(({ name }) => name))) {
    const wanted = terms.filter((term) => term.name === name && !term.isExcluded)
    const unwanted = terms.filter((term) => term.name === name && term.isExcluded)
    // Two queues are either of them; two texts are both.
    if (name === 'text') for (const { value } of wanted) query = query.where((eb) => holdsText(eb, value))
    else if (wanted.length > 0) query = query.where((eb) => eb.or(wanted.map((term) => means(eb, term, { now, zone }))))
    for (const term of unwanted) query = query.where((eb) => eb.not(means(eb, term, { now, zone })))
  }
  return query
}

/** The query string of a list as it may stand in a URL and a header, with its question mark; empty for the list of all. */
export const urlSearch = (text: string): string => new URL(`?${text.replace(/^\?/, '')}`, 'http://telltale').search

export const isFiltered = ({ state, q }: TaskFilter) => Boolean(state || q)

type Eb = ExpressionBuilder<Schema, 'tasks'>

function means(eb: Eb, { name, value }: Term, { now, zone }: { now: Ms; zone: string | undefined }): ExpressionWrapper<Schema, 'tasks', SqlBool> {
  if (name === 'text') return eb.parens(holdsText(eb, value)) as ExpressionWrapper<Schema, 'tasks', SqlBool>
  if (name === 'state') return inState(eb, value as (typeof STATE_WORDS)[number], now)
  if (name === 'since') return eb('created_at', '>=', sinceMs(value, now, zone))
  // Without a worker is not that worker: null must not make the row vanish.
  return eb.and([eb(COLUMNS[name], 'is not', null), eb(COLUMNS[name], '=', value)])
}

function inState(eb: Eb, state: (typeof STATE_WORDS)[number], now: Ms): ExpressionWrapper<Schema, 'tasks', SqlBool> {
  if (state === 'waiting') return eb.and([eb('state', '=', 'running'), eb('status', 'is not', null), eb('status', '=', 'waiting-for-input')])
  if (state === 'due') return eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', now)])
  // Later than it was made says nothing new, but has an index; the plus keeps it from one that is not in the list's order.
  if (state === 'scheduled') return eb.and([eb('state', '=', 'queued'), eb(sql<Ms>`+run_at`, '>', now), eb('run_at', '>', eb.ref('created_at'))])
  const states = STATES[state]
  return states ? eb('state', 'in', states) : eb('state', '=', state)
}

function sinceMs(since: string, now: Ms, zone: string | undefined): Ms {
  const ago = /^(\d+)([smhd])$/.exec(since)
  return ago ? now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS] : instantOf(since, zone)
}

function beforeMistake(text: string): string | undefined {
  if (/^t_\d{1,15}$/.test(text)) return undefined
  return /^\d/.test(text) ? mistakeIn(text) : 'Name a task such as t_91, or a time such as 2026-11-20T14:05.'
}

/** Refuses a text in which `mistake` finds one. */
function without(mistake: (text: string) => string | undefined) {
  return (text: string | undefined, context: z.RefinementCtx) => {
    const message = text === undefined ? undefined : mistake(text)
    if (message) context.addIssue({ code: 'custom', message })
  }
}

function asProblem(place: SearchProblem): Problem & { place: SearchProblem } {
  return Object.assign(invalid(`${place.message} (character ${place.at + 1})`, { q: place.message }), { place })
}
