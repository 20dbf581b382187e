import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { LATEST, migrate } from '../../src/db/sqlite/migrate.ts'
import { sql as first } from '../../src/db/sqlite/migrations/0001_log_tasks_workers.ts'
import { sql as cursors } from '../../src/db/sqlite/migrations/0002_upstream_cursors.ts'
import { sql as senders } from '../../src/db/sqlite/migrations/0007_senders.ts'
import { temporaryFolder } from '../support/server.ts'

test('an older log keeps its events, and foreign ones get the name of their sender', () => {
  const database = new SQLite(join(temporaryFolder(), 'old.db'))
  database.exec(first)
  database.exec(cursors)
  const insert = database.prepare("INSERT INTO events (at, kind, subject, actor, source, source_id, payload) VALUES (0, 'a.b', ?, ?, ?, ?, '{}')")
  insert.run('task:t_1', 'owner', 'local', null)
  insert.run('task:t_1', 'owner', 'sensor', '1')
  insert.run('source:sensor', 'sensor', 'sensor', '2')
  insert.run('task:t_1@laptop', 'ana', 'laptop', '3.abcdefgh')
  insert.run('note:1', 'feed', 'feed', '4')
  database.exec("INSERT INTO upstream_cursors VALUES ('laptop', '3.abcdefgh', 0), ('feed', '4', 0)")
  database.exec(senders)
  expect(database.prepare('SELECT sender, subject, actor FROM events ORDER BY seq').raw().all()).toEqual([
    [null, 'task:t_1', 'owner'],
    ['owner:sensor', 'task:t_1@sensor', 'sensor/owner'],
    ['owner:sensor', 'source:sensor', 'sensor'],
    ['telltale:laptop', 'task:t_1@laptop', 'laptop/ana'],
    ['upstream:feed', 'note:1@feed', 'feed'],
  ])
  expect(database.prepare('SELECT count(*) FROM event_kinds').pluck().get()).toBe(3)
  expect(() => database.exec('UPDATE events SET at = 1')).toThrow('append-only')
  database.close()
  const fresh = new SQLite(':memory:')
  migrate(fresh)
  expect(fresh.pragma('user_version', { simple: true })).toBe(LATEST)
  fresh.close()
})
