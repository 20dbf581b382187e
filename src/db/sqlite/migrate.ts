import type SQLite from 'better-sqlite3'
import { type Migration, NewerDatabase } from '../engine/database.ts'
import { newEpoch } from '../engine/epoch.ts'
import { sql as log_tasks_workers } from './migrations/0001_log_tasks_workers.ts'
import { sql as upstream_cursors } from './migrations/0002_upstream_cursors.ts'
import { sql as search_minutes_views } from './migrations/0003_search_minutes_views.ts'
import { sql as runs_and_load } from './migrations/0004_runs_and_load.ts'
import { sql as grace } from './migrations/0005_grace.ts'
import { sql as due_and_asking } from './migrations/0006_due_and_asking.ts'
import { sql as senders } from './migrations/0007_senders.ts'
import { sql as worker_transients } from './migrations/0008_worker_transients.ts'
import { sql as progress } from './migrations/0009_progress.ts'
import { sql as token_queues } from './migrations/0010_token_queues.ts'
import { sql as retention } from './migrations/0011_retention.ts'
import { sql as access } from './migrations/0012_access.ts'
import { sql as output_removed } from './migrations/0013_output_removed.ts'
import { sql as no_beats } from './migrations/0014_no_beats.ts'
import { sql as slice_migrations } from './migrations/0015_slice_migrations.ts'
import { sql as declared_counters } from './migrations/0016_declared_counters.ts'
import { sql as surroundings } from './migrations/0017_surroundings.ts'
import { sql as steering } from './migrations/0018_steering.ts'
import { sql as acknowledged } from './migrations/0019_acknowledged.ts'
import { sql as input } from './migrations/0020_input.ts'
import { sql as dependencies } from './migrations/0021_dependencies.ts'
import { sql as failure_lines } from './migrations/0022_failure_lines.ts'
import { sql as pipelines } from './migrations/0023_pipelines.ts'

/** Forward only. SQLite's user_version is an index into this list: append, never edit. */
export const MIGRATIONS = [
  log_tasks_workers,
  upstream_cursors,
  search_minutes_views,
  runs_and_load,
  grace,
  due_and_asking,
  senders,
  worker_transients,
  progress,
  token_queues,
  retention,
  access,
  output_removed,
  no_beats,
  slice_migrations,
  declared_counters,
  surroundings,
  steering,
  acknowledged,
  input,
  dependencies,
  failure_lines,
  pipelines,
]

export const LATEST = MIGRATIONS.length

export function versionOf(database: SQLite.Database): number {
  return database.pragma('user_version', { simple: true }) as number
}

/** Throws NewerDatabase. It only reads, so a refused start leaves the file as it was. */
export function refuseNewer(database: SQLite.Database) {
  const version = versionOf(database)
  if (version > MIGRATIONS.length) throw new NewerDatabase(version, MIGRATIONS.length)
}

/** Migrates to the latest version in one transaction, so that a killed run leaves the version that it found. */
export function migrate(database: SQLite.Database) {
  if (versionOf(database) === LATEST) return
  const toLatest = database.transaction(() => {
    refuseNewer(database)
    const version = versionOf(database)
    for (const step of MIGRATIONS.slice(version)) database.exec(step)
    if (version === 0) database.prepare("insert into meta values ('epoch', ?)").run(newEpoch())
    const broken = database.pragma('foreign_key_check') as unknown[]
    if (broken.length > 0) throw new Error(`the migrations from version ${version} leave ${broken.length} dangling references`)
    database.pragma(`user_version = ${LATEST}`)
  })
  toLatest.immediate()
}

/** Applies the slices' migrations that were not applied before, each in a transaction. */
export function migrateSlices(database: SQLite.Database, migrations: readonly Migration[]) {
  const applied = database.prepare('insert into slice_migrations values (?, ?) on conflict do nothing')
  for (const { name, sql } of migrations) {
    database
      .transaction(() => {
        if (applied.run(name, Date.now()).changes > 0) database.exec(sql.sqlite)
      })
      .immediate()
  }
}
