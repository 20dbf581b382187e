import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { byEngine } from './engine/by-engine.ts'
import type { Schema } from './engine/schema.ts'

/** The trigram index of SQLite cannot find shorter texts, so they are searched row by row. */
const INDEXED_FROM = 3
const COLUMNS = ['title', 'description', 'command', 'error'] as const

/** Whether a task's title, description, command or error contains this text, ignoring case. */
export function holdsText(eb: ExpressionBuilder<Schema, 'tasks'>, wanted: string): Expression<SqlBool> {
  const text = wanted.replaceAll('\0', '') // SQLite would end the phrase there
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const columns = COLUMNS.map((column) => eb.ref(column))
  const postgres = sql<SqlBool>`(${sql.join(
    columns.map((column) => sql`coalesce(${column} collate "und-x-icu" ilike ${like}, false)`),
    sql` or `,
  )})`
  return byEngine({ sqlite: [...text].length >= INDEXED_FROM ? phrase(eb, text) : anyLike(columns, like), postgres })
}

const phrase = (eb: ExpressionBuilder<Schema, 'tasks'>, text: string) =>
  sql<SqlBool>`${eb.ref('number')} in (select rowid from tasks_text where tasks_text match ${`"${text.replaceAll('"', '""')}"`})`

const anyLike = (columns: readonly Expression<unknown>[], like: string) =>
  sql<SqlBool>`(${sql.join(
    columns.map((column) => sql`coalesce(${column}, '') like ${like} escape '\\'`),
    sql` or `,
  )})`
