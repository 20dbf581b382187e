import { expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { interfere, isBlocked } from '../support/interference.ts'
import { claimed, LEASE_MS } from './claimed.ts'

const stateOf = async (app: TestApp, id: string) => (await app.json(`/api/tasks/${id}`)).body.item.state

test.each([
  ['its lease', reap],
  ['its worker', loseSilent],
])('a beat that comes after %s was found to be over keeps the task', async (_, look) => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  const beat = () => app.json(`/api/tasks/${id}/heartbeat`, holder)
  app.time.pass(LEASE_MS * 2)
  interfere(app, (change) => async (tx) => {
    expect((await beat()).status).toBe(200)
    return change(tx)
  })
  await look(app)
  expect((await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })).status).toBe(200)
})

test('a worker that is heard after it was lost, before its tasks are taken back, keeps them', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  app.time.pass(LEASE_MS * 2)
  interfere(app, (change) => async (tx) => {
    const done = await change(tx)
    // The next change is the one that takes the task.
    tx.after(() =>
      interfere(app, (taking) => async (its) => {
        expect((await app.json(`/api/tasks/${id}/heartbeat`, holder)).status).toBe(200)
        return taking(its)
      }),
    )
    return done
  })
  await loseSilent(app)
  expect((await app.json('/api/workers/w_1')).body.item.state).toBe('lost')
  expect(await stateOf(app, id)).toBe('claimed')
  // The control: silence from then on.
  app.time.pass(LEASE_MS * 2)
  await reap(app)
  expect(await stateOf(app, id)).toBe('queued')
})

test('a beat that comes while the task is being taken is refused, not promised a lease', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  app.time.pass(LEASE_MS * 2)
  let beating: Promise<number> | undefined
  let answered = false
  interfere(app, (change) => async (tx) => {
    const done = await change(tx)
    beating = app.json(`/api/tasks/${id}/heartbeat`, holder).then(({ status }) => status)
    void beating.then(() => {
      answered = true
    })
    await expect.poll(async () => answered || (await isBlocked(app))).toBe(true)
    return done
  })
  await reap(app)
  expect(await beating).toBe(409)
})

test('a beat counts again once the change that would have taken the task has failed', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  app.time.pass(LEASE_MS * 2)
  interfere(app, (change) => async (tx) => {
    await change(tx)
    throw new Error('undone')
  })
  await expect(reap(app)).rejects.toThrow('undone')
  expect((await app.json(`/api/tasks/${id}/heartbeat`, holder)).status).toBe(200)
  expect(await reap(app)).toBe(0)
  // The control: silence from then on.
  app.time.pass(LEASE_MS * 2)
  expect(await reap(app)).toBe(1)
  expect(await stateOf(app, id)).toBe('queued')
})
