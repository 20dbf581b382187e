import { expect, test } from 'vitest'
import { loseSilent } from '../../src/workers/watch.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

const beat = (app: TestApp, id: string, holder: object) => app.json(`/api/tasks/${id}/heartbeat`, holder)

test('a contact is no event, and no change', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  const [before, { changes }] = [await app.logged(), { ...app.mutate.sizes }]
  app.time.pass(LEASE_MS / 2)
  expect((await beat(app, id, holder)).status).toBe(200)
  await loseSilent(app)
  expect(await app.logged()).toEqual(before)
  expect(app.mutate.sizes.changes).toBe(changes)
})
