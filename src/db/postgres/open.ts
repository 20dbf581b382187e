import { Kysely, type LogEvent } from 'kysely'
import type pg from 'pg'
import type { Database, Declared, Engine } from '../engine/database.ts'
import { UnusableServer } from '../engine/failure.ts'
import type { Schema } from '../engine/schema.ts'
import { Slowest } from '../engine/slowest.ts'
import { Changes } from './change.ts'
import { connect, poolOf } from './connect.ts'
import { TelltaleDialect } from './dialect.ts'
import { RowContacts } from './leases/contacts.ts'
import { RowLeases } from './leases/leases.ts'
import { checkEpoch, migrate } from './migrate.ts'
import { RowOutputs } from './outputs.ts'
import { RowReservations } from './reservations.ts'

const CONNECTIONS = 4
const NO_TRIGRAMS =
  'Without the extension pg_trgm a text search reads every task: let an administrator run CREATE EXTENSION pg_trgm in this database, and restart.'
const MAY_NOT = '42501'
const OLDEST = 15
const OLDEST_NUMBER = OLDEST * 10_000

/** Connects to the server, and creates or migrates the schema. Throws UnusableServer or NewerDatabase. */
export async function openPostgres(url: string, declared: Declared): Promise<Database> {
  const client = await connect(url)
  try {
    await refuse(client)
    await migrate(client, declared)
    await checkEpoch(client)
    const epoch = (await client.query<{ value: string }>("SELECT value FROM meta WHERE key = 'epoch'")).rows[0]?.value ?? ''
    return databaseOf(url, { epoch, engine: await engineOf(client) })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    throw code === MAY_NOT ? new UnusableServer(`the user ${client.user} cannot create the tables in the database ${client.database}: ${message}`) : error
  } finally {
    await client.end()
  }
}

async function refuse(client: pg.ClientBase) {
  const { rows } = await client.query<{ number: number; version: string; standby: boolean }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version, pg_is_in_recovery() AS standby",
  )
  const { number = 0, version = '', standby = false } = rows[0] ?? {}
  if (number < OLDEST_NUMBER) throw new UnusableServer(`the database server is PostgreSQL ${version}; use ${OLDEST} or newer`)
  if (standby) throw new UnusableServer('the database server is a standby, which cannot be written; name the primary')
}

async function engineOf(client: pg.ClientBase): Promise<Engine> {
  const { rows } = await client.query<{ version: string; trigrams: boolean }>(
    "SELECT current_setting('server_version') AS version, EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS trigrams",
  )
  const { version = '', trigrams = false } = rows[0] ?? {}
  return { name: 'PostgreSQL', version, missing: trigrams ? [] : [NO_TRIGRAMS] }
}

function databaseOf(url: string, { epoch, engine }: { epoch: string; engine: Engine }): Database {
  const slowest = new Slowest()
  const log = ({ query, queryDurationMillis }: LogEvent) => slowest.note(query.sql, queryDurationMillis)
  const [reads, writes] = [poolOf(url, CONNECTIONS, 'default_transaction_read_only = on'), poolOf(url, CONNECTIONS)]
  const [reader, writer] = [reads, writes].map((pool) => new Kysely<Schema>({ dialect: new TelltaleDialect(pool), log })) as [Kysely<Schema>, Kysely<Schema>]
  return {
    engine,
    isShared: true,
    slowest,
    reader,
    pool: reader,
    writer,
    change: new Changes({ pool: writes, url, epoch, slowest }).run,
    outputs: new RowOutputs({ reader, writer }),
    leases: (clock) => new RowLeases(writer, clock),
    contacts: (clock) => new RowContacts(writer, clock),
    reservations: (clock) => new RowReservations(writer, clock),
    checkpoint: () => true,
    async close() {
      await Promise.all([reads.end(), writes.end()])
    },
  }
}
