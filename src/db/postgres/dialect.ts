import {
  type BinaryOperationNode,
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  PostgresQueryCompiler,
  type QueryResult,
  type RawNode,
  type TransactionSettings,
} from 'kysely'
import type pg from 'pg'
import { postgresOf } from '../engine/by-engine.ts'
import type { Slowest } from '../engine/slowest.ts'
import { plain, unavailable } from './connect.ts'

export class TelltaleDialect extends PostgresDialect {
  readonly #pool: pg.Pool
  constructor(pool: pg.Pool) {
    super({ pool })
    this.#pool = pool
  }
  override createDriver(): Driver {
    return new PoolDriver(this.#pool)
  }
  override createQueryCompiler() {
    return new Compiler()
  }
}

export class Compiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode) {
    super.visitRaw(postgresOf(node) ?? node)
  }

  /** PostgreSQL refuses an empty list, which SQLite allows. */
  protected override visitBinaryOperation(node: BinaryOperationNode) {
    const { operator, rightOperand } = node
    const list = rightOperand.kind === 'PrimitiveValueListNode' || rightOperand.kind === 'ValueListNode'
    const isEmpty = list && (rightOperand as unknown as { values: readonly unknown[] }).values.length === 0
    const word = operator.kind === 'OperatorNode' ? (operator as unknown as { operator: string }).operator : ''
    if (isEmpty && (word === 'in' || word === 'not in')) this.append(word === 'in' ? 'false' : 'true')
    else super.visitBinaryOperation(node)
  }
}

export class Connection implements DatabaseConnection {
  readonly client: pg.PoolClient
  #error: Error | undefined

  readonly #slowest: Slowest | undefined

  constructor(client: pg.PoolClient, slowest?: Slowest) {
    this.client = client
    this.#slowest = slowest
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const since = performance.now()
    try {
      const { rows, rowCount, command } = await this.client.query<R & pg.QueryResultRow>(sql, parameters.map(plain))
      this.#slowest?.note(sql, performance.now() - since)
      const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
      return { rows, ...(isChange && { numAffectedRows: BigInt(rowCount ?? 0) }) }
    } catch (error) {
      const meant = unavailable(error)
      if (meant !== error) this.breakWith(error as Error)
      throw meant
    }
  }

  // biome-ignore lint/correctness/useYield: nothing streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are not streamed')
  }

  /** It is closed when it is released. */
  breakWith(error: Error) {
    this.#error = error
  }

  release() {
    this.client.release(this.#error)
  }
}

export async function connectionOf(pool: pg.Pool, slowest?: Slowest): Promise<Connection> {
  try {
    return new Connection(await pool.connect(), slowest)
  } catch (error) {
    throw unavailable(error)
  }
}

class PoolDriver implements Driver {
  readonly #pool: pg.Pool
  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async init() {}
  acquireConnection = () => connectionOf(this.#pool)

  async beginTransaction(connection: Connection, { isolationLevel, accessMode }: TransactionSettings) {
    const modes = [...(isolationLevel ? [`isolation level ${isolationLevel}`] : []), ...(accessMode ? [accessMode] : [])]
    await connection.executeQuery(CompiledQuery.raw(['begin', modes.join(', ')].join(' ')))
  }

  async commitTransaction(connection: Connection) {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: Connection) {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(connection: Connection) {
    connection.release()
  }

  destroy = () => this.#pool.end()
}
