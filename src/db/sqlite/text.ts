import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Schema } from '../engine/schema.ts'

/** The trigram index cannot find shorter texts, so they are searched row by row. */
const INDEXED_FROM = 3

/** Whether a task's title, description, command or error contains this text, ignoring case. */
export function holdsText(eb: ExpressionBuilder<Schema, 'tasks'>, wanted: string): Expression<SqlBool> {
  const text = wanted.replaceAll('\0', '') // SQLite would end the phrase there
  if ([...text].length >= INDEXED_FROM) {
    const phrase = `"${text.replaceAll('"', '""')}"`
    return sql<SqlBool>`${eb.ref('number')} in (select rowid from tasks_text where tasks_text match ${phrase})`
  }
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return eb.or((['title', 'description', 'command', 'error'] as const).map((column) => sql<SqlBool>`coalesce(${eb.ref(column)}, '') like ${like} escape '\\'`))
}
