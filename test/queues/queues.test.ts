import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

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

test('every queue is there with how far behind it is, who serves it, and what it got done', async () => {
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

test('a queue that nobody serves says so', async () => {
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

test('a name of any characters has a page, and one that nobody ever used has none', async () => {
  const app = await testApp()
  const name = 'a b/ü?%"<x>'
  mkdirSync(join(app.config.data, 'task-types'))
  writeFileSync(join(app.config.data, 'task-types', 'odd.yaml'), `argv: ['true']\nqueue: '${name}'\n`)
  expect((await app.json('/api/tasks', { type: 'odd' })).status).toBe(201)
  const path = `/queues/${encodeURIComponent(name)}`
  const page = await (await app.ask(path, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain(`hx-get="/ui${path}"`)
  expect(page).toContain('<h1 dir="auto">a b/ü?%&#34;&lt;x></h1>')
  expect((await app.ask(`/ui${path}`)).status).toBe(200)
  expect((await app.json(`/api${path}`)).body.item.queue).toBe(name)
  expect((await app.json('/api/queues/never')).status).toBe(404)
})

test('what moves with the clock alone is a new version of the page', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  const etag = async () => (await app.ask('/ui/queues')).headers.get('etag')
  const before = await etag()
  expect(await etag()).toBe(before)
  app.time.pass(MINUTE)
  expect(await etag()).not.toBe(before)
})

test('a partial is told apart by the zone that it is read in', async () => {
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
