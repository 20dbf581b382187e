import { expect, test } from 'vitest'
import { dueQuery, endsQuery, scheduledQuery } from '../../src/queues/backlog.ts'
import { list } from '../../src/queues/queues.ts'
import type { TaskRow } from '../../src/tasks/tasks.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { onSqlite } from '../support/engine.ts'
import { planOf, queriesOf } from '../support/plan.ts'

const MINUTE = 60_000

async function run(app: TestApp, queue: string, exit_code: number) {
  await app.json('/api/tasks', { title: 'nightly', command: 'true', queue })
  app.time.pass(2000)
  const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
  await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
  app.time.pass(1000)
  await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code, ...(exit_code > 0 && { error: 'no' }) })
  return item.id as string
}

test('every queue is shown with its backlog, workers and throughput', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'all', queues: ['*'] })
  await app.json('/api/workers', { name: 'one', queues: ['mail', 'unused'] })
  await run(app, 'mail', 0)
  await app.json('/api/tasks', { command: 'true', queue: 'ci' })
  const { items } = (await app.json('/api/queues')).body
  expect(items).toMatchObject([
    { queue: 'ci', queued: 1, running: 0, oldest_at: new Date(app.time.now()).toISOString(), workers: [{ id: 'w_1' }] },
    { queue: 'mail', queued: 0, running: 0, oldest_at: null, workers: [{ id: 'w_1' }, { id: 'w_2' }] },
    { queue: 'unused', queued: 0, running: 0, oldest_at: null, workers: [{ id: 'w_1' }, { id: 'w_2' }] },
  ])
})

const later = (app: TestApp, ms: number) => new Date(app.time.now() + ms).toISOString()
const queue = async (app: TestApp, name: string) => (await app.json('/api/queues')).body.items.find((it: { queue: string }) => it.queue === name)

test('due tasks are counted apart from scheduled ones, with their age, and become due by the clock alone', async () => {
  const app = await testApp()
  const add = (name: string, some: object = {}) => app.json('/api/tasks', { command: 'true', queue: name, ...some })
  const start = app.time.now()
  const [soon, late] = [later(app, MINUTE), later(app, 60 * MINUTE)]
  for (const urgency of ['low', 'high', 'medium']) await add('both', { urgency })
  await add('both', { run_at: late, urgency: 'high' })
  await add('both', { run_at: soon })
  await add('scheduled', { run_at: soon })
  expect(await queue(app, 'both')).toMatchObject({ queued: 5, due: 3, scheduled: 2, oldest_at: new Date(start).toISOString(), next_at: soon })
  expect(await queue(app, 'scheduled')).toMatchObject({ queued: 1, due: 0, scheduled: 1, oldest_at: null, next_at: soon })
  const page = await (await app.ask('/ui/queues')).text()
  expect(page).toContain('href="/tasks?state=due&amp;q=queue%3Aboth">3</a>')
  expect(page).toContain('href="/tasks?state=scheduled&amp;q=queue%3Aboth">2</a>')
  expect(page.match(/No worker/g)).toHaveLength(1)
  const ids = async (state: string) => (await app.json(`/api/tasks?q=queue:both+state:${state}`)).body.items.map(({ id }: { id: string }) => id)
  expect([await ids('due'), await ids('scheduled')]).toEqual([
    ['t_3', 't_2', 't_1'],
    ['t_5', 't_4'],
  ])

  app.time.pass(MINUTE)
  expect(await queue(app, 'both')).toMatchObject({ due: 4, scheduled: 1, next_at: late })
  expect(await queue(app, 'scheduled')).toMatchObject({ due: 1, scheduled: 0, oldest_at: soon, next_at: null })
  expect([await ids('due'), await ids('scheduled')]).toEqual([['t_5', 't_3', 't_2', 't_1'], ['t_4']])
})

test('of a queue with very many of both kinds, one kind is counted; beyond the limit, it shows “more than”', async () => {
  const app = await testApp()
  const insert = (tasks: number, run_at: number) =>
    app.mutate(owner, async (tx) => {
      const row = (await tx.db.selectFrom('tasks').selectAll().executeTakeFirstOrThrow()) as TaskRow
      const { number: _, id: __, ...one } = row
      for (let i = 0; i < tasks; i++)
        await tx.db
          .insertInto('tasks')
          .values({ ...one, run_at })
          .execute()
    })
  await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  await insert(1100, app.time.now() + MINUTE)
  expect(await queue(app, 'mail')).toMatchObject({ due: 1, scheduled: 1100, capped: false })
  await insert(1100, app.time.now())
  expect(await queue(app, 'mail')).toMatchObject({ queued: 2201, due: 1000, scheduled: 1000, capped: true })
  expect(await (await app.ask('/ui/queues')).text()).toContain('>1,000+</a>')
})

onSqlite('the backlog of a queue is read by indexes: nothing is scanned or sorted', async () => {
  const app = await testApp()
  const now = app.time.now()
  expect(await planOf(app, endsQuery(app.db, now))).not.toMatch(/SCAN|TEMP B-TREE|by_state/)
  expect(await planOf(app, scheduledQuery(app.db, 'mail', now))).toContain('tasks_scheduled_in_queue (state=? AND queue=? AND run_at>?)')
  expect(await planOf(app, dueQuery(app.db, 'mail', now))).toContain('tasks_to_claim (queue=? AND priority=? AND run_at<?)')
})

test('the page makes as many queries for a hundred queues as for one', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', queue: 'first' })
  const one = await queriesOf(app, (db) => list(db, app.time.now()))
  for (let i = 0; i < 100; i++) await app.json('/api/tasks', { command: 'true', queue: `queue-${i}` })
  expect(await queriesOf(app, (db) => list(db, app.time.now()))).toBe(one)
})

test('a queue without a worker is marked', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['mail'] })
  await app.json('/api/tasks', { command: 'true', queue: 'ci' })
  expect(await (await app.ask('/ui/queues')).text()).toContain('No worker')
  await app.json('/api/workers', { name: 'two', queues: ['ci'] })
  expect(await (await app.ask('/ui/queues')).text()).not.toContain('No worker')
})

test('a queue’s page draws the range that its address names, and its partial the same', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'all', queues: ['*'] })
  await run(app, 'mail', 0)
  await run(app, 'mail', 1)
  const page = await (await app.ask('/queues/mail?range=24h', { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('hx-get="/ui/queues/mail?range=24h" hx-trigger="sse:queues-pulse"')
  expect(page).toContain('2 created, 1 succeeded, 1 failed')
  expect(page).toMatch(/href="\/tasks\?state=failed&amp;q=queue%3Amail\+since%3A24h"/)
  const partial = async (range: string) => (await app.ask(`/ui/queues/mail?range=${range}`)).text()
  expect(await partial('24h')).toContain('in the last 24 hours')
  expect(await partial('nonsense')).toContain('in the last hour')
  app.time.pass(61 * MINUTE)
  expect(await partial('1h')).toContain('0 created')
  expect(await partial('6h')).toContain('2 created')
})

test('a name of any characters has a page, and one that was never used has none', async () => {
  const app = await testApp()
  const name = 'a b ü?%"<x>'
  await app.json('/api/tasks', { command: 'true' })
  await app.mutate(owner, ({ db }) => db.updateTable('tasks').set({ queue: name }).execute()) // no form accepts it
  const path = `/queues/${encodeURIComponent(name)}`
  const page = await (await app.ask(path, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain(`hx-get="/ui${path}"`)
  expect(page).toContain('<h1 dir="auto">a b ü?%&#34;&lt;x></h1>')
  expect((await app.ask(`/ui${path}`)).status).toBe(200)
  expect((await app.json(`/api${path}`)).body.item.queue).toBe(name)
  expect((await app.json('/api/queues/never')).status).toBe(404)
})

test('a change by the clock alone is a new version of the page', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  const etag = async () => (await app.ask('/ui/queues')).headers.get('etag')
  const before = await etag()
  expect(await etag()).toBe(before)
  app.time.pass(MINUTE)
  expect(await etag()).not.toBe(before)
})

test('a partial is cached per time zone', async () => {
  const app = await testApp()
  const id = await (async () => {
    await app.json('/api/workers', { name: 'all', queues: ['*'] })
    return run(app, 'mail', 0)
  })()
  const ask = (cookie: string) => app.ask(`/ui/tasks/${id}`, { headers: { cookie } })
  const [tokyo, kolkata, unknown] = [await ask('tz=Asia%2FTokyo'), await ask('tz=Asia/Tokyo; zone=Asia/Kolkata'), await ask('tz=No/Where')]
  expect(await tokyo.text()).toContain('21 Nov 2026, 21:00:03')
  expect(await kolkata.text()).toContain('21 Nov 2026, 17:30:03')
  expect(unknown.status).toBe(200)
  expect(tokyo.headers.get('etag')).not.toBe(kolkata.headers.get('etag'))
})
