import { describe, expect, test } from 'vitest'
import { Meter } from '../../src/hub/meter.ts'
import { TestClock } from '../support/app.ts'

describe('the meter', () => {
  test('has no rate before the first second ends, and counts only whole seconds', () => {
    const clock = new TestClock()
    const meter = new Meter(clock)
    meter.add(10)
    expect([meter.rate(5), meter.total]).toEqual([null, 10])
    clock.pass(1_000)
    meter.add(90)
    expect([meter.rate(5), meter.total]).toEqual([10, 100])
    clock.pass(1_000)
    expect(meter.rate(5)).toBe(50)
  })

  test('forgets what is older than its window', () => {
    const clock = new TestClock()
    const meter = new Meter(clock)
    meter.add(300)
    clock.pass(5_000)
    expect([meter.rate(5), meter.rate(60)]).toEqual([60, 60])
    clock.pass(1_000)
    expect([meter.rate(5), meter.rate(60)]).toEqual([0, 50])
    clock.pass(60_000)
    expect(meter.rate(60)).toBe(0)
  })

  test('draws five minutes by five seconds: nothing where nothing is known, zero where nothing happened', () => {
    const clock = new TestClock()
    const meter = new Meter(clock)
    meter.add(50)
    clock.pass(12_000)
    meter.add(6)
    const history = meter.history()
    expect(history).toHaveLength(60)
    expect(history.slice(0, 57).every((value) => value === null)).toBe(true)
    expect(history.slice(57)).toEqual([10, 0, 2])
  })

  test('keeps nothing older than five minutes, however long it slept', () => {
    const clock = new TestClock()
    const meter = new Meter(clock)
    for (let second = 0; second < 400; second++) {
      meter.add(1)
      clock.pass(1_000)
    }
    expect(meter.history().slice(0, 59)).toEqual(Array(59).fill(1))
    clock.pass(3_600_000)
    expect(meter.history()).toEqual(Array(60).fill(0))
    expect(meter.total).toBe(400)
  })
})
