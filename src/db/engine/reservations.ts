import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

export interface Reservation {
  /** In a change of its holder. False if it took so long that another may have reserved the key. */
  keep(change: { db: Transaction<Schema> }): Promise<boolean>
  end(): Promise<void>
}

/** Keys of work that takes several changes: one holder at a time. */
export interface Reservations {
  /** Undefined while another holds the key. */
  take(key: string): Promise<Reservation | undefined>
}
