import { describe, expect, onTestFinished, test } from 'vitest'
import { pauses, reap } from '../../src/leases/leases.ts'
import { PauseWatch } from '../../src/time/pause.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { TestClock, testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

async function watched() {
  const app = await testApp()
  const watch = pauses(app)
  onTestFinished(() => watch.stop())
  const { id } = await claimed(app)
  const state = async () => {
    await reap(app)
    await loseSilent(app)
    return [(await app.json(`/api/tasks/${id}`)).body.item.state, (await app.json('/api/workers/w_1')).body.item.state]
  }
  return { app, watch, state }
}

describe('a server that was paused', () => {
  test('takes no task from its workers, which could not reach it', async () => {
    const { app, watch, state } = await watched()
    app.time.pass(10 * LEASE_MS)
    watch.look()
    expect(await state()).toEqual(['claimed', 'busy'])
  })

  test('extends a lease by the pause alone, and not beyond a whole one', async () => {
    const { app, watch, state } = await watched()
    const run = (ms: number) => {
      for (let left = ms; left > 0; left -= 500) {
        app.time.pass(Math.min(left, 500))
        watch.look()
      }
    }
    run(LEASE_MS)
    app.time.pass(10 * LEASE_MS)
    watch.look()
    run(LEASE_MS * 0.2)
    expect(await state()).toEqual(['claimed', 'busy'])
    run(LEASE_MS * 0.1)
    expect((await state())[0]).toBe('queued')
  })

  test('the control: one that ran all the time gives the task to another', async () => {
    const { app, watch, state } = await watched()
    for (let ms = 0; ms <= LEASE_MS * 1.25; ms += 500) {
      app.time.pass(500)
      watch.look()
    }
    expect(await state()).toEqual(['queued', 'lost'])
  })
})

test.each([
  ['both clocks went on', { now: 30_000, elapsed: 30_000 }, [29_500]],
  ['only the wall clock went on', { now: 30_000, elapsed: 400 }, [0]],
  ['the machine was a little busy', { now: 700, elapsed: 700 }, []],
  ['the wall clock was set back', { now: -30_000, elapsed: 400 }, []],
])('two readings of the clocks show a pause: %s', (_, { now, elapsed }, expected) => {
  const at = { now: new TestClock().now(), elapsed: 0 }
  const told: number[] = []
  const watch = new PauseWatch({ now: () => at.now, elapsed: () => at.elapsed }, (ms) => told.push(ms))
  at.now += now
  at.elapsed += elapsed
  watch.look()
  watch.look()
  watch.stop()
  expect(told).toEqual(expected)
})
