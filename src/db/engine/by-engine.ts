import { type Expression, type OperationNode, PostgresAdapter, type RawBuilder, type RawNode } from 'kysely'
import type { Db } from './database.ts'

export const isPostgres = (db: Db): boolean => db.getExecutor().adapter instanceof PostgresAdapter

const ALTERNATIVE = Symbol('what PostgreSQL reads instead')

/** SQL that each engine gets in its own words. */
export function byEngine<T>({ sqlite, postgres }: { sqlite: RawBuilder<T>; postgres: RawBuilder<T> }): Expression<T> {
  const node: OperationNode = Object.assign({ ...sqlite.toOperationNode() }, { [ALTERNATIVE]: postgres.toOperationNode() })
  return { expressionType: undefined, toOperationNode: () => node } as Expression<T>
}

/** What PostgreSQL reads instead of this node, if it is one for both engines. */
export const postgresOf = (node: RawNode): RawNode | undefined => (node as { [ALTERNATIVE]?: RawNode })[ALTERNATIVE]
