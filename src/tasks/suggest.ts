import type { Db } from '../db/index.ts'
import { STATE_WORDS, URGENCY_WORDS } from './search/search.ts'
import { count } from './tasks.ts'
import { QUALIFIERS, type Qualifier, typedTerm } from './words.ts'

const MOST = 12
const MOST_VALUES = 200
const COLUMNS = { worker: 'worker_id', project: 'project' } as const

export async function suggestions(db: Db, q: string): Promise<string[]> {
  const [, before = '', minus = '', typed = ''] = /^((?:.*\s)?)(-?)(\S*)$/s.exec(q) ?? []
  const [name, value] = typed.includes(':') ? (typed.split(/:(.*)/s, 2) as [string, string]) : [undefined, typed]
  const found =
    name === undefined ? QUALIFIERS.map((qualifier) => `${qualifier}:`) : (await valuesOf(db, name)).map((each) => typedTerm(name as Qualifier, each))
  const begun = name === undefined ? value.toLowerCase() : `${name}:${value}`.toLowerCase()
  const fitting = found.filter((text) => text.toLowerCase().replace(':"', ':').startsWith(begun) && text !== typed)
  return fitting.slice(0, MOST).map((text) => before + minus + text)
}

async function valuesOf(db: Db, name: string): Promise<readonly string[]> {
  if (name === 'state') return STATE_WORDS
  if (name === 'urgency') return URGENCY_WORDS
  if (name === 'since') return ['30m', '2h', '24h', '7d']
  if (name === 'queue') return (await count(db)).queues
  if (name === 'worker' || name === 'project') return valuesIn(db, COLUMNS[name])
  return []
}

async function valuesIn(db: Db, column: 'worker_id' | 'project'): Promise<string[]> {
  const values: string[] = []
  for (let last = ''; values.length < MOST_VALUES; ) {
    const { value } = await db
      .selectFrom('tasks')
      .select(({ fn }) => fn.min(column).as('value'))
      .where('deleted_at', 'is', null)
      .where(column, '>', last)
      .executeTakeFirstOrThrow()
    if (!value) break
    values.push(value)
    last = value
  }
  return values
}
