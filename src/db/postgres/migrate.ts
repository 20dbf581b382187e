import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { type Declared, NewerDatabase } from '../engine/database.ts'
import { newEpoch } from '../engine/epoch.ts'
import { installCounter } from './counters.ts'
import { sql as schema } from './migrations/0001_schema.ts'
import { sql as leases } from './migrations/0002_leases.ts'
import { sql as outputs } from './migrations/0003_outputs.ts'
import { sql as contacts } from './migrations/0004_contacts.ts'
import { sql as reservations } from './migrations/0005_reservations.ts'
import { sql as logCheck } from './migrations/0006_log_check.ts'
import { sql as surroundings } from './migrations/0007_surroundings.ts'
import { sql as steering } from './migrations/0008_steering.ts'
import { sql as acknowledged } from './migrations/0009_acknowledged.ts'
import { sql as input } from './migrations/0010_input.ts'
import { sql as dependencies } from './migrations/0011_dependencies.ts'
import { sql as outputTimes } from './migrations/0012_output_times.ts'
import { sql as failureLines } from './migrations/0013_failure_lines.ts'
import { sql as pipelines } from './migrations/0014_pipelines.ts'
import { indexText } from './text-index.ts'

/** Forward only: append, never edit. */
const MIGRATIONS = [
  schema,
  leases,
  outputs,
  contacts,
  reservations,
  logCheck,
  surroundings,
  steering,
  acknowledged,
  input,
  dependencies,
  outputTimes,
  failureLines,
  pipelines,
]

const MOST_TRIES = 30
const AGAIN_MS = 500
/** A statement that waits for a lock, and a deadlock. */
const PASSING = ['55P03', '40P01']

/** Migrates to the latest version, one transaction a step; several processes may do it at once. Throws NewerDatabase. */
export async function migrate(client: pg.ClientBase, { migrations, counters }: Declared) {
  await step(client, async () => {
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())')
  })
  if ((await versionOf(client)) > MIGRATIONS.length) throw new NewerDatabase(await versionOf(client), MIGRATIONS.length)
  for (const [before, sql] of MIGRATIONS.entries()) {
    await step(client, async () => {
      if ((await versionOf(client)) !== before) return
      await client.query(sql)
      if (before === 0) await nameLog(client)
      await client.query('INSERT INTO schema_version (version) VALUES ($1)', [before + 1])
    })
  }
  for (const { name, sql } of migrations) {
    await step(client, async () => {
      const { rowCount } = await client.query('INSERT INTO slice_migrations VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, Date.now()])
      if (rowCount) await client.query(sql.postgres)
    })
  }
  for (const counter of counters) await step(client, () => installCounter(client, counter))
  await step(client, () => indexText(client))
}

async function versionOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM schema_version')
  return rows[0]?.version ?? 0
}

async function nameLog(client: pg.ClientBase) {
  await client.query(
    `INSERT INTO meta VALUES ('epoch', $1), ('label', $2), ('timeline', substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)), ('origin', ${ORIGIN})`,
    [newEpoch(), `telltale-${randomBytes(5).toString('hex')}`],
  )
}

/** Another server or another table: the log was restored from a dump. */
const ORIGIN = `(SELECT system_identifier::text || '/' || 'events'::regclass::oid::text FROM pg_control_system())`
/** Whoever has read beyond the newest event of this log must notice that it is another one. */
const SKIPPED = 1_000_000

/** Begins a new epoch if this is another log than before: after a failover, or from a dump. */
export async function checkEpoch(client: pg.ClientBase) {
  await step(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock(8355, 1)')
    const now = `('timeline', substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)), ('origin', ${ORIGIN})`
    const { rowCount } = await client.query(`SELECT FROM (VALUES ${now}) AS now (key, value) JOIN meta USING (key, value)`)
    if (rowCount === 2) return
    const set = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value'
    await client.query(`INSERT INTO meta VALUES ('epoch', $1), ${now} ${set}`, [newEpoch()])
    await client.query(`SELECT setval('events_seq', (SELECT coalesce(max(seq), 0) FROM events) + ${SKIPPED})`)
  })
}

async function step(client: pg.ClientBase, work: () => Promise<unknown>) {
  for (let tries = 1; ; tries++) {
    try {
      await client.query("BEGIN; SET LOCAL lock_timeout = '2s'")
      await client.query('SELECT pg_advisory_xact_lock(8355, 2)')
      await work()
      await client.query('COMMIT')
      return
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {})
      if (tries === MOST_TRIES || !PASSING.includes((error as { code?: string }).code ?? '')) throw error
    }
    await pause(AGAIN_MS)
  }
}
