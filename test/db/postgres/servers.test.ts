import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { exchange, newLink, holderOf as sessionHolderOf, signOut } from '../../../src/access/sessions.ts'
import { create, revoke, holderOf as tokenHolderOf } from '../../../src/access/tokens.ts'
import { loseSilent } from '../../../src/workers/watch.ts'
import { claimed, LEASE_MS } from '../../leases/claimed.ts'
import { owner, type TestApp, testApp } from '../../support/app.ts'
import { once } from '../../support/postgres.ts'

const OVER_MS = LEASE_MS * 1.25 + 1
const MINUTE_MS = 60_000

const stateOf = async (app: TestApp) => (await app.json('/api/workers/w_1')).body.item.state
const beat = (app: TestApp, id: string, holder: object) => app.json(`/api/tasks/${id}/heartbeat`, holder)

describe('servers that share a database', () => {
  async function two() {
    const app = await testApp()
    const other = await testApp({ 'database-url': app.config['database-url'] })
    const pass = (ms: number) => {
      app.time.pass(ms)
      other.time.pass(ms)
    }
    return { app, other, pass, ...(await claimed(app)) }
  }

  /** One server hears the worker, so the other does not lose it; then silence. */
  async function hearThenLose({ app, other, pass, id, holder }: Awaited<ReturnType<typeof two>>) {
    pass(LEASE_MS * 0.8)
    await beat(app, id, holder)
    await loseSilent(app)
    pass(LEASE_MS * 0.8)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('busy')
    pass(LEASE_MS * 0.5)
    await loseSilent(other)
    expect(await stateOf(app)).toBe('lost')
  }

  test('a worker that one of them has heard is not lost to another, which loses it once it is silent', async () => {
    const servers = await two()
    await loseSilent(servers.app)
    await hearThenLose(servers)
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
    const servers = await two()
    const { app, other, pass } = servers
    await loseSilent(app)
    for (const { time } of [app, other]) {
      const { now } = time
      time.now = () => now() - 3_600_000
    }
    pass(2_000)
    await loseSilent(app)
    await hearThenLose(servers)
  })

  const waits = async (app: TestApp) =>
    ((await once(app.config['database-url'] as string, 'SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = $$Lock$$'))
      .rowCount ?? 0) > 0
})

const asToken = async (app: TestApp) => {
  const { id, token } = await create(app, owner, { name: 'phone', role: 'viewer', expires_days: 1 })
  return { holder: () => tokenHolderOf(app, token), end: (other: TestApp) => revoke(other, owner, id) }
}
const asSession = async (app: TestApp) => {
  const secret = await exchange(app, await newLink(app))
  return { holder: () => sessionHolderOf(app, secret), end: (other: TestApp) => signOut(other, owner, secret) }
}

test.each([
  ['a token', asToken],
  ['a session', asSession],
])('%s that another server has ended is refused a minute later at the latest, without an event', async (_, begin) => {
  const app = await testApp()
  const other = await testApp({ 'database-url': app.config['database-url'] })
  const { holder, end } = await begin(app)
  expect(await holder()).toBeDefined()
  await end(other)
  app.time.pass(MINUTE_MS - 1)
  // The control: until then it is in the cache.
  expect(await holder()).toBeDefined()
  app.time.pass(1)
  expect(await holder()).toBeUndefined()
})
