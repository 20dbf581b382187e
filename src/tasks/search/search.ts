import { QUALIFIERS, type Qualifier } from '../words.ts'
import { mistakeIn } from './instant.ts'

/** State words may cover several states, or part of one: `due` and `scheduled` are both `queued`. */
export const STATE_WORDS = [
  'queued',
  'due',
  'scheduled',
  'claimed',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'broken',
  'cancelled',
  'lost',
  'open',
  'done',
] as const
export const URGENCY_WORDS = ['low', 'medium', 'high'] as const
const AGE = /^\d{1,6}[smhd]$/

export interface Term {
  name: Qualifier | 'text'
  value: string
  isExcluded: boolean
  typed: string
  at: number
}

export interface SearchProblem {
  message: string
  at: number
  length: number
}

interface Search {
  terms: readonly Term[]
  problem?: SearchProblem
}

const MOST_TERMS = 30
/** An optional minus, an optional qualifier, then a quoted or bare value. */
const TOKEN = /(-?)(?:([A-Za-z][A-Za-z_-]*):)?(?:"((?:[^"\\]|\\.)*)("?)|(\S*))/y

/** Parses `state:failed since:2h "connection refused" -queue:x`. Never throws: a mistake is returned with its position. */
export function parseSearch(text: string): Search {
  const terms: Term[] = []
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at
    const [typed, minus, name, quoted, closing, bare] = TOKEN.exec(text) as unknown as [string, string, string?, string?, string?, string?]
    const term = { value: quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '', isExcluded: minus === '-', typed, at }
    const problem = (message: string) => ({ terms, problem: { message, at, length: typed.length } })
    if (quoted !== undefined && closing === '') return problem('This quote is never closed: add a " at the end.')
    const wrong = wrongWith(name?.toLowerCase(), term.value)
    if (wrong) return problem(wrong)
    if (terms.push({ ...term, name: (name?.toLowerCase() ?? 'text') as Term['name'] }) > MOST_TERMS) return problem(`A search has at most ${MOST_TERMS} parts.`)
  }
  return { terms }
}

function wrongWith(name: string | undefined, value: string): string | undefined {
  if (name !== undefined && !isQualifier(name)) return `There is no qualifier ${name}: use ${QUALIFIERS.join(', ')}, or quote the text.`
  if (value === '') return name ? `Enter a ${name === 'by' ? 'person' : name} after the colon.` : 'Enter a word to search for.'
  if (name === 'state' && !isOneOf(STATE_WORDS, value)) return `There is no state ${value}: use ${STATE_WORDS.join(', ')}.`
  if (name === 'urgency' && !isOneOf(URGENCY_WORDS, value)) return `Urgency is ${URGENCY_WORDS.join(', ')}.`
  return name === 'since' ? sinceMistake(value) : undefined
}

export function sinceMistake(value: string): string | undefined {
  if (AGE.test(value)) return undefined
  return /^\d{4}-/.test(value) ? mistakeIn(value) : 'Write an age such as 30m, 2h or 7d, or a date such as 2026-11-20.'
}

const isQualifier = (name: string): name is Qualifier => isOneOf(QUALIFIERS, name)
const isOneOf = (words: readonly string[], word: string) => words.includes(word)

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] as string)) at++
  return at
}
