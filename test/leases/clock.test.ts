import { expect, test } from 'vitest'
import { leases } from '../../src/leases/lease.ts'
import { reap } from '../../src/leases/leases.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

/** Sets the wall clock, and leaves the monotonic one alone. */
function set(app: TestApp, ms: number) {
  const { now } = app.time
  app.time.now = () => now() + ms
}

test.each([['forward', 3_600_000] as const, ['back', -3_600_000] as const])(
  'a wall clock that is set %s by an hour neither ends a lease nor keeps it',
  async (_, jump) => {
    const app = await testApp()
    const { id, fence } = await claimed(app)
    await leases(app).overdue()
    set(app, jump)
    expect(await reap(app)).toBe(0)
    app.time.pass(LEASE_MS * 2)
    expect(await leases(app).overdue()).toMatchObject([{ id, fence }])
    expect(await reap(app)).toBe(1)
  },
)
