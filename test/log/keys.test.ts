import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'
import { interfere, isBlocked } from '../support/interference.ts'

/** The rule of a retry refuses the second one, as the task is queued again by then. */
async function failed() {
  const app = await testApp()
  const { id } = (await app.json('/api/tasks', { command: 'false' })).body.item
  const worker_id = (await app.json('/api/workers', { name: 'far', queues: ['default'] })).body.item.id
  const { fence } = (await app.json('/api/tasks/claim', { worker_id })).body
  await app.json(`/api/tasks/${id}/finish`, { worker_id, fence, exit_code: 1 })
  const retry = (key: string) => app.json(`/api/tasks/${id}/retry`, {}, { headers: { 'idempotency-key': key } })
  const queued = async () => (await app.logged()).filter((kind) => kind === 'task.state_changed').length
  return { app, retry, queued }
}

test.each([
  ['make one change and get its response', 'k1', 200],
  ['of which one has another key are two changes: the rule refuses the second', 'k2', 409],
])('two equal requests at once %s', async (_, key, status) => {
  const { app, retry, queued } = await failed()
  const before = await queued()
  let second: ReturnType<typeof retry> | undefined
  interfere(app, (change) => async (tx) => {
    const done = await change(tx)
    second = retry(key)
    await expect.poll(() => isBlocked(app)).toBe(true)
    return done
  })
  const first = await retry('k1')
  expect(first.status).toBe(200)
  const answer = await second
  expect(answer?.status).toBe(status)
  if (status === 200) expect(answer?.body).toEqual(first.body)
  expect(await queued()).toBe(before + 1)
})
