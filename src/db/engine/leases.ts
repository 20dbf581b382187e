import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

export interface Lease {
  /** Of the task. */
  id: string
  fence: number
  worker_id: string
  ttl_ms: number
}

/** What a lease needs of a change, with which it begins or ends. */
interface Change {
  db: Transaction<Schema>
  after(act: () => void): void
}

/** Until when a task belongs to the worker that holds it. */
export interface Leases {
  grant(change: Change, lease: Lease): Promise<void>
  end(change: Change, lease: Pick<Lease, 'id' | 'fence'>): Promise<void>
  /** Notes a beat. False if the lease has ended, or if a change that is under way has taken it: a change after that one can tell. */
  renew(lease: Lease): Promise<boolean>
  /** Those that are over by more than their grace; they stay until they are ended. */
  overdue(): Promise<Pick<Lease, 'id' | 'fence'>[]>
  /** False if a beat came in time after all. Otherwise the change must end the lease, and no beat renews it from now on. */
  take(change: Change, lease: Pick<Lease, 'id' | 'fence'>): Promise<boolean>
  /** The server was suspended for `ms`, when no beat could reach it. */
  extend(ms: number): void
  /** Gives every held task a whole lease at start: the server's downtime is not the worker's fault. */
  resume(held: readonly Lease[]): Promise<void>
}

/** A lease expires after its length plus this share of it: 20 s + 5 s. */
export const GRACE = 0.25
