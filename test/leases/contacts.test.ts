import { sql } from 'kysely'
import { describe, expect, inject, test } from 'vitest'
import { loseSilent } from '../../src/workers/watch.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { once } from '../support/postgres.ts'
import { claimed, LEASE_MS } from './claimed.ts'

const OVER_MS = LEASE_MS * 1.25 + 1

const stateOf = async (app: TestApp) => (await app.json('/api/workers/w_1')).body.item.state
const beat = (app: TestApp, id: string, holder: object) => app.json(`/api/tasks/${id}/heartbeat`, holder)

test('a contact is no event, and no change', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  const [before, { changes }] = [await app.logged(), { ...app.mutate.sizes }]
  app.time.pass(LEASE_MS / 2)
  expect((await beat(app, id, holder)).status).toBe(200)
  await loseSilent(app)
  expect(await app.logged()).toEqual(before)
  expect(app.mutate.sizes.changes).toBe(changes)
})

describe.skipIf(inject('postgres') === undefined)('servers that share a database', () => {
  async function two() {
    const app = await testApp()
    const other = await testApp({ 'database-url': app.config['database-url'] })
    const pass = (ms: number) => {
      app.time.pass(ms)
      other.time.pass(ms)
    }
    return { app, other, pass, ...(await claimed(app)) }
  }

  test('a worker that one of them has heard is not lost to another, which loses it once it is silent', async () => {
    const { app, other, pass, id, holder } = await two()
    await loseSilent(app)
    pass(LEASE_MS * 0.8)
    await beat(app, id, holder)
    await loseSilent(app)
    pass(LEASE_MS * 0.8)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('busy')
    pass(LEASE_MS * 0.5)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('lost')
  })

  test('a worker that waits for an answer is heard by all of them', async () => {
    const { app, other, pass, id, holder } = await two()
    const away = new AbortController()
    const waiting = app.json(`/api/tasks/${id}/heartbeat`, { ...holder, wait_s: 60 }, { signal: away.signal })
    pass(OVER_MS * 2)
    await loseSilent(app)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('busy')
    away.abort()
    await waiting.catch(() => {})
  })

  test('one that starts knows how long a worker has been silent', async () => {
    const { app, pass } = await two()
    await loseSilent(app)
    pass(OVER_MS)
    const restarted = await testApp({ 'database-url': app.config['database-url'] })
    restarted.time.pass(OVER_MS)
    await loseSilent(restarted)
    expect(await stateOf(restarted)).toBe('lost')
  })

  test('a contact that another is writing while a worker is being lost spares it', async () => {
    const { app, pass } = await two()
    await loseSilent(app)
    pass(OVER_MS)
    let losing: Promise<void> | undefined
    await app.database.writer.transaction().execute(async (tx) => {
      await tx.updateTable('contacts').set({ heard_at: app.time.now() }).execute()
      losing = loseSilent(app)
      await expect.poll(() => waits(app)).toBe(true)
    })
    await losing
    expect(await stateOf(app)).toBe('busy')
  })

  test('many contacts within two seconds write the row once', async () => {
    const { app, pass, id, holder } = await two()
    const versions = new Set<string>()
    for (let second = 0; second < 10; second++) {
      await beat(app, id, holder)
      await loseSilent(app)
      const { rows } = await sql<{ xmin: string }>`select xmin::text from contacts`.execute(app.db)
      versions.add(rows[0]?.xmin ?? '')
      pass(1_000)
    }
    expect(versions.size).toBe(5)
  })

  test('a wall clock that is set back keeps no contact from the others', async () => {
    const { app, other, pass, id, holder } = await two()
    await loseSilent(app)
    for (const { time } of [app, other]) {
      const { now } = time
      time.now = () => now() - 3_600_000
    }
    pass(2_000)
    await loseSilent(app)
    pass(LEASE_MS * 0.8)
    await beat(app, id, holder)
    await loseSilent(app)
    pass(LEASE_MS * 0.8)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('busy')
    pass(LEASE_MS * 0.5)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('lost')
  })

  const waits = async (app: TestApp) =>
    ((await once(app.config['database-url'] as string, 'SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = $$Lock$$'))
      .rowCount ?? 0) > 0
})
