import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/index.ts'
import { MIGRATIONS } from '../../src/db/sqlite/migrate.ts'
import { declaredBy } from '../../src/http/slice.ts'
import { slices } from '../../src/slices.ts'
import { temporaryFolder } from '../support/server.ts'

const TASKS = `INSERT INTO tasks (title, command, argv, queue, urgency, priority, created_by, state, reason, status, max_attempts, idempotent, lease_ttl_ms, run_at, created_at)
  SELECT 'x', 'x', '[]', column1, 'low', 0, 'x', column2, 'x', column3, 1, 0, 1, 0, 0
  FROM (VALUES ('a', 'queued', NULL), ('a', 'running', 'running'), ('b', 'running', 'waiting-for-input'), ('b', 'queued', NULL), ('c', 'queued', NULL))`
const WORKER = `INSERT INTO workers (name, kind, queues, concurrency, state, reason, launched_at) VALUES ('x', 'local', '[]', 1, 'idle', 'x', 0)`

/** A file as a program of this version left it. */
function older(version: number): string {
  const path = join(temporaryFolder(), 'telltale.db')
  const file = new SQLite(path)
  for (const sql of MIGRATIONS.slice(0, version)) file.exec(sql)
  file.exec("INSERT INTO meta VALUES ('epoch', 'abcdefgh')")
  file.pragma(`user_version = ${version}`)
  file.exec(`${TASKS}; ${WORKER}; UPDATE tasks SET deleted_at = 1 WHERE queue = 'c'`)
  file.close()
  return path
}

async function opened(path: string) {
  await (await openDatabase(path, declaredBy(slices))).close()
  const file = new SQLite(path)
  try {
    return {
      counters: file.prepare('SELECT * FROM counters ORDER BY noun, state, queue').raw().all(),
      triggers: file.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").all(),
    }
  } finally {
    file.close()
  }
}

test('a database of any older version opens with its counts, and with the triggers of a new one', async () => {
  const fresh = await opened(join(temporaryFolder(), 'telltale.db'))
  for (let version = 1; version < MIGRATIONS.length; version++) {
    const found = await opened(older(version))
    expect(found.triggers, `version ${version}`).toEqual(fresh.triggers)
    expect(found.counters, `version ${version}`).toEqual([
      ['attention', 'tasks', 'b', 1],
      ['listed', 'queued', 'a', 1],
      ['listed', 'queued', 'b', 1],
      ['listed', 'running', 'a', 1],
      ['listed', 'running', 'b', 1],
      ['tasks', 'queued', 'a', 1],
      ['tasks', 'queued', 'b', 1],
      // The queue once had a task.
      ['tasks', 'queued', 'c', 0],
      ['tasks', 'running', 'a', 1],
      ['tasks', 'running', 'b', 1],
      ['workers', 'idle', '', 1],
    ])
  }
})
