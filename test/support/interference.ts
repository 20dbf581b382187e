import { sql } from 'kysely'
import type { Caller, Tx } from '../../src/log/mutate.ts'
import type { TestApp } from './app.ts'

type Change = (tx: Tx) => Promise<unknown>

/** Lets `meanwhile` have its way with the next change. */
export function interfere(app: TestApp, meanwhile: (change: Change) => Change) {
  const { mutate } = app
  const once = (caller: Caller, change: Change) => {
    app.mutate = mutate
    return mutate(caller, meanwhile(change))
  }
  app.mutate = Object.assign(once, { waiting: 0, sizes: mutate.sizes }) as never
}

/** Whether a request waits for the change that is under way: on SQLite in our queue, on PostgreSQL for a row. */
export async function isBlocked(app: TestApp): Promise<boolean> {
  if (!app.database.change) return app.mutate.waiting > 1
  const { rows } = await sql`select 1 from pg_locks where not granted`.execute(app.db)
  return rows.length > 0
}
