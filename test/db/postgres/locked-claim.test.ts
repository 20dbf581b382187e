import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { testApp } from '../../support/app.ts'
import { interfere } from '../../support/interference.ts'

/** Far less than a waiting claim would wait for news. */
const SOON_MS = 30_000

test('a waiting claim takes a task that another change had locked, soon after that is undone', async () => {
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
