import { setTimeout as pause } from 'node:timers/promises'
import { DefaultQueryExecutor, PostgresAdapter, SingleConnectionProvider, Transaction } from 'kysely'
import type pg from 'pg'
import type { ChangeRun, Committed } from '../engine/change.ts'
import { DatabaseUnavailable } from '../engine/failure.ts'
import type { Schema } from '../engine/schema.ts'
import type { Slowest } from '../engine/slowest.ts'
import { PendingLog, type Query } from './change-log.ts'
import { isState, plain, unavailable } from './connect.ts'
import { Compiler, type Connection, connectionOf, TelltaleDialect } from './dialect.ts'
import { ForUpdate } from './for-update.ts'
import { type Begun, outcomeOf } from './outcome.ts'

const MOST_CONFLICTS = 5
/** Longer than a restart of the server takes. */
const AWAY_MS = 10_000
const [LEAST_WAIT_MS, MORE_WAIT_MS] = [10, 40]

const BEGIN = `BEGIN;
  SELECT set_config('statement_timeout', '5s', true), set_config('lock_timeout', '2s', true), set_config('idle_in_transaction_session_timeout', '5s', true);
  SELECT pg_current_xact_id()::text AS xid, (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_seq) AS head`

/** A serialization failure, a deadlock and a lock timeout. */
const CONFLICTS = ['40001', '40P01', '55P03']
const UNIQUE = '23505'

/** Whether the transaction was committed is unknown, so it must not run again. */
class OutcomeUnknown extends DatabaseUnavailable {}

interface Options {
  pool: pg.Pool
  url: string
  epoch: string
  slowest: Slowest
}

/** Runs changes, each in a transaction that sees what is committed and locks each row that it reads. */
export class Changes {
  readonly #pool: pg.Pool
  readonly #url: string
  readonly #epoch: string
  readonly #parts: Pick<ConstructorParameters<typeof Transaction>[0], 'config' | 'dialect' | 'driver'>
  readonly #slowest: Slowest

  constructor({ pool, url, epoch, slowest }: Options) {
    this.#slowest = slowest
    this.#pool = pool
    this.#url = url
    this.#epoch = epoch
    const dialect = new TelltaleDialect(pool)
    this.#parts = { config: { dialect }, dialect, driver: dialect.createDriver() }
  }

  run = async <T>(run: ChangeRun<T>): Promise<Committed<T>> => {
    const deadline = performance.now() + AWAY_MS
    for (let conflicts = 0, repeats = 0; ; ) {
      try {
        return await this.#once(run)
      } catch (error) {
        const code = (error as { code?: string }).code ?? ''
        if (CONFLICTS.includes(code)) conflicts++
        // The other transaction has committed its row, which the rules of this change see when it runs again.
        else if (code === UNIQUE) repeats++
        else if (!isAway(error) || performance.now() > deadline) throw error
        if (conflicts === MOST_CONFLICTS || repeats > 1) throw error
        await pause((isAway(error) ? LEAST_WAIT_MS * 10 : LEAST_WAIT_MS) + Math.random() * MORE_WAIT_MS)
      }
    }
  }

  async #once<T>(run: ChangeRun<T>): Promise<Committed<T>> {
    const connection = await connectionOf(this.#pool, this.#slowest)
    const log = new PendingLog(this.#epoch)
    try {
      const begun = await begin(connection)
      const value = await run(this.#transaction(connection), log)
      return { value, written: log.written, seq: await this.#commit(connection, log, begun) }
    } catch (error) {
      if (isAway(error)) connection.breakWith(error as Error)
      else await connection.client.query('ROLLBACK').catch((failed) => connection.breakWith(failed))
      throw error
    } finally {
      connection.release()
    }
  }

  #transaction(connection: Connection): Transaction<Schema> {
    const executor = new DefaultQueryExecutor(new Compiler(), new PostgresAdapter(), new SingleConnectionProvider(connection), [new ForUpdate()])
    return new Transaction<Schema>({ ...this.#parts, executor })
  }

  /** Events, answer and COMMIT are one message, so that a paused process never holds the log. Returns the last seq. */
  async #commit({ client }: Connection, log: PendingLog, begun: Begun): Promise<number> {
    const send = ({ text, values = [] }: Partial<Query>) => client.query(text as string, values.map(plain))
    if (log.isAnswered) for (const query of log.appending) log.number(seqsOf(await send(query).catch(rethrow)))
    const ours = log.isNumbered ? log.keeping : [...log.appending, ...log.keeping, ...log.asking]
    const results = await Promise.allSettled([...ours, { text: 'COMMIT' }].map(send))
    const commit = results.at(-1) as PromiseSettledResult<pg.QueryResult>
    const failed = results.find((result) => result.status === 'rejected')
    if (commit.status === 'rejected' && isUncertain(commit.reason)) return this.#resolve(log, begun, commit.reason)
    if (failed) throw unavailable(failed.reason)
    if ((commit as PromiseFulfilledResult<pg.QueryResult>).value.command !== 'COMMIT')
      throw new Error('the transaction was rolled back, because a statement of it had failed')
    const [first] = results as PromiseFulfilledResult<pg.QueryResult>[]
    if (log.written.length === 0) return results.length > 1 ? (seqsOf((results.at(-2) as PromiseFulfilledResult<pg.QueryResult>).value)[0] as number) : 0
    if (!log.isNumbered) log.number(seqsOf((first as PromiseFulfilledResult<pg.QueryResult>).value))
    return log.last
  }

  /** The connection broke while COMMIT was out: the server knows whether it took effect. */
  async #resolve(log: PendingLog, begun: Begun, error: unknown): Promise<number> {
    const outcome = await outcomeOf(this.#url, begun)
    if (outcome === 'aborted') throw new DatabaseUnavailable(error)
    if (outcome?.length !== log.written.length) throw new OutcomeUnknown(error)
    if (log.written.length === 0) return begun.head
    log.number(outcome)
    return log.last
  }
}

async function begin({ client }: Connection): Promise<Begun> {
  const results = (await client.query(BEGIN).catch(rethrow)) as unknown as pg.QueryResult<Begun>[]
  return results.at(-1)?.rows[0] as Begun
}

const seqsOf = ({ rows }: pg.QueryResult<{ seq: number }>): number[] => rows.map(({ seq }) => seq)

/** The server went away, or it shuts down or has become a standby. */
const isAway = (error: unknown): boolean =>
  (error instanceof DatabaseUnavailable && !(error instanceof OutcomeUnknown)) || /^(57P0[123]|25P03|25006)$/.test((error as { code?: string }).code ?? '')

/** The server may have committed before it stopped. */
const isUncertain = (error: unknown): boolean => {
  const code = String((error as { code?: unknown }).code ?? '')
  return !isState(code) || code.startsWith('57P') || code.startsWith('08')
}

function rethrow(error: unknown): never {
  throw unavailable(error)
}
