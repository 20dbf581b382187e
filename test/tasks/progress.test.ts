import { expect, test } from 'vitest'
import { createSite } from '../../src/site.ts'
import { slices } from '../../src/slices.ts'
import { claimed } from '../leases/claimed.ts'
import { type TestApp, testApp } from '../support/app.ts'

const beat = (app: TestApp, progress: unknown, fence = 1) => app.json('/api/tasks/t_1/heartbeat', { worker_id: 'w_1', fence, progress })
const progressOf = async (app: TestApp) => (await app.json('/api/tasks/t_1')).body.item.progress

async function held(): Promise<TestApp> {
  const app = await testApp()
  await claimed(app)
  await app.json('/api/tasks/t_1/run', { worker_id: 'w_1', fence: 1 })
  return app
}

test('progress is in the task’s JSON, on its page and its row, and writes no event', async () => {
  const app = await held()
  const before = await app.logged()
  expect(await progressOf(app)).toBeNull()
  expect(await (await app.ask('/ui/tasks')).text()).toMatch(/<task-progress[^>]* data-task="t_1" hidden/)
  for (const done of [10, 40]) expect((await beat(app, { done, total: 100, text: 'copying' })).status).toBe(200)
  expect(await progressOf(app)).toEqual({ done: 40, total: 100, text: 'copying' })
  for (const path of ['/ui/tasks', '/ui/tasks/t_1', '/ui/home']) {
    const html = await (await app.ask(path)).text()
    expect([path, html]).toEqual([path, expect.stringContaining('<progress value="40" max="100"')])
    expect(html).toContain('40 of 100, copying')
  }
  // The cached partial must not hide the next report.
  await beat(app, { done: 1204 })
  expect(await (await app.ask('/ui/tasks')).text()).toMatch(/<progress[^>]* hidden[^>]*><\/progress>\s*<span[^>]*>1,204</)
  expect(await app.logged()).toEqual(before)
})

test.each([
  [{ done: 5, total: 4 }, { 'progress.done': 'Must not exceed the total.' }],
  [{ done: -1 }, { 'progress.done': 'At least 0.' }],
  [{ done: 'half' }, { 'progress.done': 'This must be a number.' }],
  [{ total: 4 }, { 'progress.done': 'This is required.' }],
  [{ done: 1, text: 'a\u0007b' }, { 'progress.text': 'This must be one line without control characters.' }],
  [{ done: 1, percent: 5 }, { 'progress.percent': 'Unknown field.' }],
])('%j is refused', async (progress, fields) => {
  const app = await held()
  const answer = await beat(app, progress)
  expect([answer.status, answer.body.fields]).toEqual([422, fields])
  expect(await progressOf(app)).toBeNull()
})

test('a number that is not finite is refused', async () => {
  const app = await held()
  const body = '{"worker_id":"w_1","fence":1,"progress":{"done":1e400}}'
  expect((await app.ask('/api/tasks/t_1/heartbeat', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status).toBe(422)
  expect(await progressOf(app)).toBeNull()
})

test('the progress of the last attempt stays, and the next one starts over', async () => {
  const app = await held()
  await beat(app, { done: 40, total: 100 })
  await app.json('/api/tasks/t_1/finish', { worker_id: 'w_1', fence: 1, exit_code: 1 })
  expect(await progressOf(app)).toEqual({ done: 40, total: 100 })
  const page = await (await app.ask('/ui/tasks/t_1')).text()
  expect(page).toMatch(/<dt>Progress<\/dt>\s*<dd[^>]*>\s*<span>40 of 100<\/span>/)
  expect(page).not.toContain('<task-progress')
  await app.json('/api/tasks/t_1/retry', {})
  expect(await progressOf(app)).toBeNull()
})

test('progress survives a restart of the server', async () => {
  const app = await held()
  await beat(app, { done: 40, total: 100 })
  const again = await createSite({
    config: app.config,
    file: `${app.config.data}/telltale.db`,
    slices,
    clock: app.time,
    log: { request() {}, info() {}, error() {} },
  })
  expect(await again.db.selectFrom('tasks').select('progress').executeTakeFirst()).toEqual({ progress: '{"done":40,"total":100}' })
  await again.stop()
  await again.close()
})
