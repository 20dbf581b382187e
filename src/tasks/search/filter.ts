import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../../db/engine/schema.ts'
import { BROKEN, type Db, holdsText, type Ms } from '../../db/index.ts'
import { invalid, type Problem } from '../../input/problem.ts'
import { MOST_ROWS, type TaskState, typedTerm } from '../words.ts'
import { instantOf, mistakeIn, zoneName } from './instant.ts'
import { type BulkOutcome, readOutcome } from './outcome.ts'
import { parseSearch, type SearchProblem, STATE_WORDS, sinceMistake, type Term } from './search.ts'
import type { Searched } from './searched.ts'

const LONGEST = 1000
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
  before: word.superRefine(without(beforeMistake)),
  zone: zoneName,
  did: z.string().max(200).optional().transform(readOutcome),
  limit: z.preprocess((value) => value || undefined, z.coerce.number().int().min(1).max(MOST_ROWS).optional()),
})

export interface TaskFilter {
  state?: (typeof STATE_WORDS)[number]
  q?: string
  before?: string
  until?: Ms
  zone?: string
  limit?: number
  outcome?: BulkOutcome
  terms: readonly Term[]
  /** What the search of logs found, if that is one. */
  searched?: Searched
  /** Steps of pipelines are also shown. */
  steps?: boolean
  /** Set if the search cannot be parsed; the page marks the place. */
  problem?: Problem & { place: SearchProblem }
}

/** An unknown state or an invalid cursor is a 422, never an empty list. */
export const TaskFilter = TaskQuery.transform(({ state, q, before, zone, limit, did: outcome, ...named }): TaskFilter => {
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
    ...(outcome && { outcome }),
    terms,
    ...(problem && { problem: asProblem(problem) }),
  }
})

export const EVERYTHING: TaskFilter = { terms: [] }

const STATES: Partial<Record<(typeof STATE_WORDS)[number], TaskState[]>> = {
  open: ['queued', 'claimed', 'running'],
  done: ['succeeded', 'failed', 'cancelled', 'lost'],
}
const COLUMNS = {
  queue: 'queue',
  worker: 'worker_id',
  project: 'project',
  urgency: 'urgency',
  type: 'type',
  by: 'created_by',
  pipeline: 'pipeline_id',
} as const
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const searchesLogs = ({ terms, problem }: TaskFilter): boolean => !problem && terms.some(({ name }) => name === 'log')

/** A pipeline is one row. Its steps are shown if they are searched for, or if one waits for a person. */
function showsSteps({ state, terms, steps }: TaskFilter): boolean {
  const isWanted = ({ name, value, isExcluded }: Term) => !isExcluded && (name === 'pipeline' || (name === 'state' && value === 'waiting'))
  return steps || state === 'waiting' || terms.some(isWanted)
}

/** Ignores the cursor. `ids` are named, so they may also be those of steps. Throws the filter's problem, and invalid for a search of logs that was not made. */
export function matching(db: Db, filter: TaskFilter, now: Ms, ids?: readonly string[]) {
  const { state, terms: all, problem, zone, searched } = filter
  if (problem) throw problem
  const terms = all.filter((term): term is RowTerm => term.name !== 'log')
  if (terms.length < all.length && !searched) throw invalid(NOT_SEARCHED, { q: NOT_SEARCHED })
  let query = db.selectFrom('tasks').where('deleted_at', 'is', null)
  if (ids) query = query.where('id', 'in', ids)
  else if (searched) query = query.where((eb) => (searched.ids.length > 0 ? eb('id', 'in', searched.ids) : eb.lit(false)))
  else if (!showsSteps(filter)) query = query.where('pipeline_id', 'is', null)
  if (state) query = query.where((eb) => inState(eb, state, now))
  for (const name of new Set(terms.map(({ name }) => name))) {
    const wanted = terms.filter((term) => term.name === name && !term.isExcluded)
    const unwanted = terms.filter((term) => term.name === name && term.isExcluded)
    // Two queues mean either; two texts mean both.
    if (name === 'text') for (const { value } of wanted) query = query.where((eb) => holdsText(eb, value))
    else if (wanted.length > 0) query = query.where((eb) => eb.or(wanted.map((term) => means(eb, term, { now, zone }))))
    for (const term of unwanted) query = query.where((eb) => eb.not(means(eb, term, { now, zone })))
  }
  return query
}

/** The normalised query string with its question mark, safe in a header; empty if there is no filter. */
export const urlSearch = (text: string): string => new URL(`?${text.replace(/^\?/, '')}`, 'http://telltale').search

const NOT_SEARCHED = 'Only the list of tasks can search logs: leave out log: here, or select the tasks.'

/** A term that the row of a task answers. */
type RowTerm = Term & { name: Exclude<Term['name'], 'log'> }
type Eb = ExpressionBuilder<Schema, 'tasks'>

function means(eb: Eb, { name, value }: RowTerm, { now, zone }: { now: Ms; zone: string | undefined }): ExpressionWrapper<Schema, 'tasks', SqlBool> {
  if (name === 'text') return eb.parens(holdsText(eb, value)) as ExpressionWrapper<Schema, 'tasks', SqlBool>
  if (name === 'state') return inState(eb, value as (typeof STATE_WORDS)[number], now)
  if (name === 'since') return eb('created_at', '>=', sinceMs(value, now, zone))
  // Without this, a null would drop the row from an exclusion.
  return eb.and([eb(COLUMNS[name], 'is not', null), eb(COLUMNS[name], '=', value)])
}

function inState(eb: Eb, state: (typeof STATE_WORDS)[number], now: Ms): ExpressionWrapper<Schema, 'tasks', SqlBool> {
  if (state === 'waiting') return eb.and([eb('state', '=', 'running'), eb('status', 'is not', null), eb('status', '=', 'waiting-for-input')])
  if (state === 'broken') return eb.and([BROKEN])
  if (state === 'due') return eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', now), eb('waits_for', 'is', null)])
  // Redundant, but lets the index on run_at be used; the plus rules out an index in another order.
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

function without(mistake: (text: string) => string | undefined) {
  return (text: string | undefined, context: z.RefinementCtx) => {
    const message = text === undefined ? undefined : mistake(text)
    if (message) context.addIssue({ code: 'custom', message })
  }
}

function asProblem(place: SearchProblem): Problem & { place: SearchProblem } {
  return Object.assign(invalid(`${place.message} (character ${place.at + 1})`, { q: place.message }), { place })
}
