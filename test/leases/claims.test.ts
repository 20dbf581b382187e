import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'
import { interfere, isBlocked } from '../support/interference.ts'

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

test('two equal claims at once get the same task, and the other task stays', async () => {
  const app = await testApp()
  const worker_id = (await app.json('/api/workers', { name: 'far', concurrency: 2 })).body.item.id
  for (const command of ['true', 'false']) await app.json('/api/tasks', { command })
  const claim = () => app.json('/api/tasks/claim', { worker_id }, { headers: { 'idempotency-key': 'k1' } })
  let repeat: ReturnType<typeof claim> | undefined
  interfere(app, (change) => async (tx) => {
    const done = await change(tx)
    repeat = claim()
    await expect.poll(() => isBlocked(app)).toBe(true)
    return done
  })
  const first = await claim()
  expect([first.status, (await repeat)?.body]).toEqual([200, first.body])
  expect((await app.json('/api/tasks?state=queued')).body.items).toHaveLength(1)
})
