import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'

test('claims beside each other take every task once, and none waits for another to be free', async () => {
  const app = await testApp()
  const TASKS = 24
  const worker = async () => (await app.json('/api/workers', { name: 'far', queues: ['*'], concurrency: 10 })).body.item.id as string
  for (let i = 0; i < TASKS; i++) await app.json('/api/tasks', { command: 'true', queue: i % 3 === 0 ? 'mail' : 'default' })
  const workers = [await worker(), await worker(), await worker(), await worker()]
  const claimAll = async (worker_id: string) => {
    const taken: string[] = []
    for (;;) {
      const { status, body } = await app.json('/api/tasks/claim', { worker_id })
      if (status === 204) return taken
      expect(status).toBe(200)
      taken.push(body.item.id)
    }
  }
  const taken = (await Promise.all(workers.map(claimAll))).flat()
  expect(new Set(taken).size).toBe(taken.length)
  expect(taken).toHaveLength(TASKS)
  const attempts = await app.db.selectFrom('attempts').select('task_id').execute()
  expect(attempts).toHaveLength(TASKS)
})
