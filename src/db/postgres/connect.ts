import pg from 'pg'
import { DatabaseUnavailable, UnusableServer } from '../engine/failure.ts'

const CONNECT_MS = 5_000
/** Longer than any statement may take, so that only a dead connection meets it. */
const ANSWER_MS = 12_000
const IDLE_MS = 60_000

const [INT8, NUMERIC] = [20, 1700]
const isNumber = (oid: number) => oid === INT8 || oid === NUMERIC

/** Counts and times stay far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text') => (isNumber(oid) ? Number : pg.types.getTypeParser(oid, format))) as typeof pg.types.getTypeParser,
}

/** Only the client has a deadline for connecting: the pool would apply it to those who wait for their turn as well. */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS })
    // Unheard, the error of a client in use would end the process; its query fails as well.
    this.on('error', () => {})
  }
}

export const configOf = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'telltale',
  keepAlive: true,
  query_timeout: ANSWER_MS,
  types,
})

/** `pipeline` sends queries without waiting for earlier answers, and destroys a connection that does not answer. */
export function poolOf(url: string, max: number, setting?: string): pg.Pool {
  const pool = new pg.Pool({ ...configOf(url), max, Client, idleTimeoutMillis: IDLE_MS, pipeline: true } as pg.PoolConfig)
  pool.on('error', () => {})
  // Poolers refuse settings at the start of a connection.
  if (setting) pool.on('connect', (client) => client.query(`SET ${setting}`).catch(() => {}))
  return pool
}

/** Connects once. Throws UnusableServer. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new Client(configOf(url))
  try {
    await client.connect()
  } catch (error) {
    throw new UnusableServer(whyNot(client, error))
  }
  return client
}

function whyNot({ host, port, user, database }: pg.Client, error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string }
  const place = `${host}:${port}`
  if (code === '28P01') return `the database server at ${place} refuses the password of the user ${user}`
  if (code.startsWith('28')) return `the database server at ${place} refuses the user ${user}: ${message}`
  if (code === '3D000') return `the database server at ${place} has no database ${database}; create it first`
  if (isState(code)) return `the database server at ${place} cannot be used now: ${message}`
  return `no PostgreSQL server responds at ${place}: ${code || message}`
}

/** Errors of the server have a code of five characters with a digit (SQLSTATE); all others mean that it did not answer. */
export function unavailable(error: unknown): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  return isState(code) || error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error)
}

export const isState = (code: string) => /^(?=.*\d)[0-9A-Z]{5}$/.test(code) && code !== 'E2BIG'

/** The server refuses the character 0 in text. */
export const plain = (value: unknown): unknown => {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
  return Array.isArray(value) ? value.map(plain) : value
}
