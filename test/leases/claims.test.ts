import { setTimeout as pause } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
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

/** Far less than a waiting claim would wait for news. */
const SOON_MS = 30_000

test.skipIf(inject('postgres') === undefined)('a waiting claim takes a task that another change had locked, soon after that is undone', async () => {
  const app = await testApp()
  const worker_id = (await app.json('/api/workers', { name: 'far' })).body.item.id
  await app.json('/api/tasks', { command: 'true' })
  const { promise: looked, resolve } = Promise.withResolvers<void>()
  interfere(app, (change) => async (tx) => {
    try {
      return await change(tx)
    } finally {
      resolve()
    }
  })
  let claim: Promise<{ status: number }> | undefined
  const undone = app.database.writer.transaction().execute(async (tx) => {
    await tx.selectFrom('tasks').select('id').forUpdate().execute()
    claim = app.json('/api/tasks/claim', { worker_id, wait_s: 60 })
    await looked
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect(await Promise.race([claim?.then(({ status }) => status), pause(SOON_MS, 'late', { ref: false })])).toBe(200)
})
