import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import { byEngine } from './engine/by-engine.ts'
import type { Schema } from './engine/schema.ts'

/** The trigram indexes cannot find shorter texts: those are searched row by row, and not in the lines of failures. */
export const INDEXED_FROM = 3
const COLUMNS = ['title', 'description', 'command', 'error'] as const

/** Whether a task's title, description, command or error contains this text, or a line that it printed when it failed, ignoring case. */
export function holdsText(eb: ExpressionBuilder<Schema, 'tasks'>, wanted: string): Expression<SqlBool> {
  const text = wanted.replaceAll('\0', '') // SQLite would end the phrase there
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  if ([...text].length < INDEXED_FROM) return byEngine({ sqlite: any(orFalse(LIKE), like), postgres: any(orFalse(ILIKE), like) })
  const phrase = `"${text.replaceAll('"', '""')}"`
  const sqlite = sql`
    select rowid from tasks_text where tasks_text match ${phrase}
    union all select rowid from failure_lines_text where failure_lines_text match ${phrase}`
  // PostgreSQL uses no index for an OR across tables.
  const postgres = sql`
    select number from tasks where deleted_at is null and ${any(ILIKE, like)}
    union all select number from failure_lines where ${ILIKE('lines', like)}`
  const number = eb.ref('number')
  return byEngine({ sqlite: sql<SqlBool>`${number} in (${sqlite})`, postgres: sql<SqlBool>`${number} in (${postgres})` })
}

/** The last characters of a column. */
export const endOf = (column: string, characters: number): RawBuilder<string> =>
  sql`${byEngine({ sqlite: sql`substr(${sql.ref(column)}, ${-characters})`, postgres: sql`right(${sql.ref(column)}, ${characters})` })}`

type Holds = (column: string, like: string) => Expression<SqlBool>

const LIKE: Holds = (column, like) => sql`${sql.ref(column)} like ${like} escape '\\'`
const ILIKE: Holds = (column, like) => sql`${sql.ref(column)} collate "und-x-icu" ilike ${like}`
/** So that an exclusion keeps rows without an error. */
const orFalse =
  (holds: Holds): Holds =>
  (column, like) =>
    sql`coalesce(${holds(column, like)}, false)`
const any = (holds: Holds, like: string) =>
  sql<SqlBool>`(${sql.join(
    COLUMNS.map((column) => holds(column, like)),
    sql` or `,
  )})`
