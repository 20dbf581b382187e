import { expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

test.each(['run', 'log'])('a %s is a sign of life: within a lease of it, the worker keeps its task', async (report) => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  const state = async () => {
    await loseSilent(app)
    return (await app.json('/api/workers/w_1')).body.item.state
  }
  app.time.pass(LEASE_MS * 0.8)
  const more = report === 'log' ? { offset: 0, data: 'b2sK' } : {}
  expect((await app.json(`/api/tasks/${id}/${report}`, { ...holder, ...more })).status).toBe(200)
  app.time.pass(LEASE_MS * 0.9)
  expect(await state()).toBe('busy')
  // The control: silence from then on.
  app.time.pass(LEASE_MS * 0.4)
  expect(await state()).toBe('lost')
  await reap(app)
})
