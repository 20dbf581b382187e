import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { PATIENCE_MS } from '../../src/db/sqlite/write.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { until } from '../support/server.ts'

const create = (app: TestApp) => app.json('/api/tasks', { command: 'true' })
const files = (app: TestApp) => `${app.config.data}/telltale.db`

/** Another process that holds the write lock. */
function locked(app: TestApp): SQLite.Database {
  const other = new SQLite(files(app))
  other.exec('begin immediate')
  return other
}

/** The longest that the event loop was held up while `work` ran, in ms. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)
  await work()
  clearInterval(timer)
  return Math.max(longest, performance.now() - last)
}

test('while another process holds the write lock, reads go on, and a change waits without holding up the event loop', async () => {
  const app = await testApp()
  await create(app)
  const other = locked(app)
  const waiting = create(app)
  const held = await longestTurn(async () => {
    for (let i = 0; i < 20; i++) expect((await app.ask('/api/tasks')).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 300))
  })
  other.exec('rollback')
  other.close()
  expect((await waiting).status).toBe(201)
  expect(held).toBeLessThan(PATIENCE_MS / 2)
  // The control: SQLite waits for its lock in the thread that asks.
  const [one, two] = [locked(app), new SQLite(files(app), { timeout: 300 })]
  expect(await longestTurn(async () => expect(() => two.exec('begin immediate')).toThrow('locked'))).toBeGreaterThan(290)
  one.close()
  two.close()
})

test('changes that wait too long for the lock are refused together, and the next one is made', async () => {
  const app = await testApp()
  const other = locked(app)
  const since = performance.now()
  const answers = await Promise.all([create(app), create(app), create(app)])
  expect(performance.now() - since).toBeLessThan(2 * PATIENCE_MS)
  for (const { status, body, headers } of answers) {
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    expect(body.detail).toBe('Another process is using the database. Nothing was changed; try again.')
  }
  expect((await app.json('/api/hub')).body.troubles).toEqual([expect.stringContaining('has locked the database')])
  other.close()
  expect((await create(app)).body.item.id).toBe('t_1')
  expect(await app.logged()).toEqual(['task.created'])
})

test('a change whose transaction SQLite has ended by itself writes nothing more, and fails with the first error', async () => {
  const app = await testApp()
  const meta = (key: string) => ({ key, value: '1' })
  const change = app.mutate(owner, async ({ db }) => {
    await db.insertInto('meta').values(meta('one')).execute()
    // As SQLITE_FULL does: the transaction is over, and the error is swallowed by the change.
    await sql`insert or rollback into meta values ('one', '2')`.execute(db).catch(() => {})
    await db.insertInto('meta').values(meta('two')).execute()
  })
  await expect(change).rejects.toThrow('UNIQUE constraint failed')
  const kept = await app.db.selectFrom('meta').select('key').where('key', 'in', ['one', 'two']).execute()
  expect(kept).toEqual([])
  expect((await create(app)).status).toBe(201)
})

test('a full database responds 503, is reported on the hub page, and recovers by itself when there is space', async () => {
  const app = await testApp()
  await create(app)
  const pages = async (most: number) => sql.raw(`pragma max_page_count = ${most}`).execute(app.database.writer)
  await pages(1) // no more than it has
  const long = 'x'.repeat(20_000)
  const refused = await app.json('/api/tasks', { command: 'true', description: long })
  expect([refused.status, refused.body.detail]).toEqual([503, 'The disk is full. Nothing was changed; free some space and try again.'])
  expect((await app.ask('/tasks', { headers: { accept: 'text/html' } })).status).toBe(200)
  const troubles = async () => (await app.json('/api/hub')).body.troubles
  expect(await troubles()).toEqual([expect.stringContaining('The disk is full')])
  await pages(1_000_000)
  expect((await app.json('/api/tasks', { command: 'true', description: long })).status).toBe(201)
  await app.storage.probe(() => app.mutate(owner, async () => {}))
  await until(async () => (await troubles()).length === 0)
  expect(await app.logged()).toEqual(['task.created', 'task.created'])
})
