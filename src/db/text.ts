import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Schema } from './schema.ts'

/** The index holds every run of three letters; a shorter text has none, and is looked for row by row. */
const INDEXED_FROM = 3

/** True for a task whose title, description, command or error holds this text, whatever its case: by the index, not by a scan. */
export function holdsText(eb: ExpressionBuilder<Schema, 'tasks'>, wanted: string): Expression<SqlBool> {
  const text = wanted.replaceAll('\0', '') // where it ends for SQLite, in the middle of a phrase
  if ([...text].length >= INDEXED_FROM) {
    const phrase = `"${text.replaceAll('"', '""')}"`
    return sql<SqlBool>`${eb.ref('number')} in (select rowid from tasks_text where tasks_text match ${phrase})`
  }
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return eb.or((['title', 'description', 'command', 'error'] as const).map((column) => sql<SqlBool>`coalesce(${eb.ref(column)}, '') like ${like} escape '\\'`))
}
