import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/** When each worker was last heard. A contact is no event, and never waits for the database. */
export interface Contacts {
  note(id: string): void
  /** Counts the worker as heard until the returned function is called. */
  hold(id: string): () => void
  /** For how many ms each of the workers has been silent; 0 for one of which nothing is known yet. */
  silences(ids: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** The same, in a change that acts on it: no other server notes a contact until it ends. */
  silence(change: Transaction<Schema>, id: string): Promise<number>
  /** The server was suspended for `ms`, when no worker could reach it. */
  excuse(ms: number): void
}
