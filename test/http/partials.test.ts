import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'

const MINUTE = 60_000

test('a partial is cached for at most a minute, because it shows times', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { title: 'one', command: 'true' })
  for (const path of ['/ui/home', '/ui/tasks?q=since%3A2h', '/ui/tasks/t_1', '/ui/nav']) {
    const ask = (etag = '') => app.ask(path, { headers: { 'if-none-match': etag } })
    const etag = (await ask()).headers.get('etag') as string
    expect([path, (await ask(etag)).status]).toEqual([path, 304])
    app.time.pass(MINUTE)
    expect([path, (await ask(etag)).status]).toEqual([path, 200])
  }
})

test('a task’s partial shows the tasks beside it as they are now', async () => {
  const app = await testApp()
  const create = () => app.json('/api/tasks', { title: 'nightly', command: 'true' })
  const partial = async () => (await app.ask('/ui/tasks/t_1')).text()
  await create()
  expect(await partial()).not.toContain('/tasks/t_2')
  await create()
  expect(await partial()).toContain('/tasks/t_2')
  await app.json('/api/tasks/t_2/delete', {})
  expect(await partial()).not.toContain('/tasks/t_2')
})

test('a worker’s partial changes with its log, however long that is', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  const folder = join(app.config.data, 'logs', 'workers')
  mkdirSync(folder, { recursive: true })
  const print = (text: string) => appendFileSync(join(folder, 'w_1.log'), text)
  const etag = async () => (await app.ask('/ui/workers/w_1')).headers.get('etag')
  print('x'.repeat(100_000))
  const before = await etag()
  print('one line more\n')
  expect(await etag()).not.toBe(before)
})
