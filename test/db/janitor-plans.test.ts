import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import * as sessions from '../../src/access/sessions.ts'
import { janitor } from '../../src/settings/janitor.ts'
import { owner, testApp } from '../support/app.ts'

const DAY = 86_400_000
const EVENTS = 100_000
/** Tables that grow without limit. */
const GROWING = /^SCAN (tasks|attempts|events|idempotency|task_minutes)\b/

afterEach(() => vi.restoreAllMocks())

test('old rows are found by an index, however long the log is', async () => {
  const prepare = vi.spyOn(Database.prototype, 'prepare')
  const app = await testApp()
  for (const title of ['one', 'two']) await app.json('/api/tasks', { title, command: 'true' }, { headers: { 'idempotency-key': title } })
  await app.json('/api/tasks/t_1/cancel', {})
  await app.json('/api/tasks/t_2/delete', {})
  await app.json('/api/events', { source: 'nas', kind: 'backup.finished' })
  const fill = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${EVENTS})
    insert into events (at, kind, subject, actor, payload) select 0, 'lab.made', 'lab:' || (i % 100), 'lab', '{}' from n`
  await app.mutate(owner, ({ db }) => fill.execute(db))
  app.time.pass(100 * DAY)
  await janitor(app).sweep()
  await sessions.sweep(app)
  app.time.pass(401 * DAY)
  await app.json('/api/events', { source: 'nas', kind: 'backup.finished' })
  await janitor(app).sweep()
  const asked = new Set(prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^(select|insert|update|delete|with)\b/i.test(sql)))
  const file = prepare.mock.contexts.at(-1) as Database.Database
  const scans = (sql: string) => {
    const plan = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array(sql.split('?').length - 1).fill(null)) as { detail: string }[]
    return plan.some(({ detail }) => GROWING.test(detail))
  }
  expect([...asked].filter((sql) => /delete from "(events|event_kinds|idempotency|tasks|sign_in_links)"/.test(sql)).length).toBeGreaterThanOrEqual(5)
  expect([...asked].filter(scans)).toEqual([])
  expect(scans("select seq from events where actor = 'lab'")).toBe(true) // the control
  expect(
    (
      await app.db
        .selectFrom('events')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  ).toBeLessThan(10)
})
