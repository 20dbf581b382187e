import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'

const HOUR = 3_600_000

test('a task of later is due at once: a claim that waits gets it, and its event says so', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  const later = { command: 'true', run_at: new Date(app.time.now() + HOUR).toISOString() }
  const { id } = (await app.json('/api/tasks', later)).body.item
  const claim = (wait_s = 0) => app.json('/api/tasks/claim', { worker_id: 'w_1', wait_s })
  expect((await claim()).body?.item).toBeUndefined()
  const waiting = claim(30)
  expect(await (await app.ask(`/ui/tasks/${id}`)).text()).toContain('Start now')
  const { status, body } = await app.json(`/api/tasks/${id}/start-now`, {})
  expect([status, body.item.run_at]).toEqual([200, new Date(app.time.now()).toISOString()])
  expect((await waiting).body.item.id).toBe(id)
  expect((await app.logged()).filter((kind) => kind === 'task.made_due')).toHaveLength(1)
})

test('a task that is due already stays as it is, and one that is not queued is refused', async () => {
  const app = await testApp()
  const { id } = (await app.json('/api/tasks', { command: 'true' })).body.item
  expect(await (await app.ask(`/ui/tasks/${id}`)).text()).not.toContain('Start now')
  expect((await app.json(`/api/tasks/${id}/start-now`, {})).status).toBe(200)
  expect(await app.logged()).not.toContain('task.made_due')
  await app.json(`/api/tasks/${id}/cancel`, {})
  const refused = await app.json(`/api/tasks/${id}/start-now`, {})
  expect([refused.status, refused.body.detail]).toEqual([409, `${id} is cancelled. Only a queued task can be started now.`])
})

test('a task that waits before its next attempt can start at once', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  await app.json('/api/tasks', { command: 'true', retries: 1 })
  const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
  await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
  await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code: 1 })
  expect((await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body?.item).toBeUndefined()
  await app.json(`/api/tasks/${item.id}/start-now`, {})
  expect((await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body.item).toMatchObject({ id: item.id, attempt: 2 })
})
