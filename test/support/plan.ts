import { CompiledQuery } from 'kysely'
import type { TestApp } from './app.ts'

/** SQLite's plan of a query. */
export async function planOf(app: TestApp, query: { compile(): CompiledQuery }): Promise<string> {
  const { sql, parameters } = query.compile()
  const { rows } = await app.db.executeQuery<{ detail: string }>(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]))
  return rows.map(({ detail }) => detail).join('\n')
}

/** How many queries `ask` sends to the database that it is given. */
export async function queriesOf(app: TestApp, ask: (db: TestApp['db']) => Promise<unknown>): Promise<number> {
  let queries = 0
  const counting = app.db.withPlugin({
    transformQuery({ node }) {
      queries++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  await ask(counting)
  return queries
}
