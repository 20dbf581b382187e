import { type Expression, type SqlBool, sql } from 'kysely'

/** Whether `text` contains `part` literally. Both should be in lower case: engines differ in whether LIKE ignores case. */
export function contains(text: Expression<string>, part: string): Expression<SqlBool> {
  return sql<SqlBool>`${text} like ${`%${part.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`
}
