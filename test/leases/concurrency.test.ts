import { expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

/** Tasks that wait, and a worker of this concurrency. */
async function waiting(tasks: number, concurrency: number) {
  const app = await testApp()
  await app.json('/api/workers', { name: 'far', queues: ['default'], concurrency })
  for (let i = 0; i < tasks; i++) await app.json('/api/tasks', { command: 'true' })
  return app
}

const claim = (app: TestApp, wait_s = 0) => app.json('/api/tasks/claim', { worker_id: 'w_1', wait_s })

test.each([1, 3])('a worker of concurrency %i holds no more, in order or under 8 claims at once', async (concurrency) => {
  const app = await waiting(10, concurrency)
  const answers = await Promise.all(Array.from({ length: 8 }, () => claim(app)))
  for (let i = 0; i < 4; i++) answers.push(await claim(app))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(concurrency)
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(12 - concurrency)
  expect((await app.json('/api/workers/w_1')).body.item.holds).toHaveLength(concurrency)
})

test('a claim at the worker’s limit gets the next task as soon as one ends', async () => {
  const app = await waiting(2, 1)
  const { item, fence } = (await claim(app)).body
  const next = claim(app, 30)
  await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code: 0 })
  expect((await next).body.item.id).toBe('t_2')
})
