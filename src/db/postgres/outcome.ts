import { setTimeout as pause } from 'node:timers/promises'
import { connect } from './connect.ts'

const LONGEST_MS = 10_000
const ASK_AGAIN_MS = 100

/** A transaction, and the newest seq when it began. */
export interface Begun {
  xid: string
  head: number
}

const OUTCOME = `SELECT pg_xact_status($1::xid8) AS outcome,
  substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) = (SELECT value FROM meta WHERE key = 'timeline') AS "isSame"`
/** A row keeps the id of its transaction without the count of its wraparounds. */
const SEQS = `SELECT seq FROM events WHERE seq > $2 AND xmin::text = ($1::numeric % 4294967296)::text ORDER BY seq`

/**
 * The seqs of a transaction that was committed; undefined if the server cannot tell, or is another one by now. Asks on a
 * connection of its own, as all changes may wait for an outcome at once and hold all of the pool.
 */
export async function outcomeOf(url: string, { xid, head }: Begun): Promise<number[] | 'aborted' | undefined> {
  for (const deadline = performance.now() + LONGEST_MS; performance.now() < deadline; await pause(ASK_AGAIN_MS)) {
    try {
      const client = await connect(url)
      try {
        const [{ outcome, isSame } = { outcome: '', isSame: false }] = (await client.query<{ outcome: string; isSame: boolean }>(OUTCOME, [xid])).rows
        if (!isSame) return undefined
        if (outcome === 'aborted') return 'aborted'
        if (outcome === 'committed') return (await client.query<{ seq: number }>(SEQS, [xid, head])).rows.map(({ seq }) => seq)
      } finally {
        await client.end()
      }
    } catch {
      // It is still away.
    }
  }
  return undefined
}
