import type pg from 'pg'

const EXTENSION = `DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN NULL; END $$`
/** Without letters of other languages in lower case, the indexes would only serve ASCII. */
const trigrams = (schema: string, columns: readonly string[]) =>
  `USING gin (${columns.map((column) => `${column} COLLATE "und-x-icu" ${schema}.gin_trgm_ops`).join(', ')})`
const indexesIn = (schema: string) => `
  CREATE INDEX IF NOT EXISTS tasks_text ON tasks ${trigrams(schema, ['title', 'description', 'command', 'error'])} WHERE deleted_at IS NULL;
  CREATE INDEX IF NOT EXISTS failure_lines_text ON failure_lines ${trigrams(schema, ['lines'])}`

/** Makes the indexes of the search, where the server has pg_trgm and lets this user add it; else the search reads every row. */
export async function indexText(client: pg.ClientBase) {
  await client.query(EXTENSION)
  const { rows } = await client.query<{ schema: string }>("SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'")
  for (const { schema } of rows) await client.query(indexesIn(schema))
}
