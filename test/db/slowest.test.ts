import { afterEach, expect, test, vi } from 'vitest'
import { Slowest } from '../../src/db/engine/slowest.ts'

const HOUR = 3_600_000
const shown = (slowest: Slowest) => slowest.list().map(({ sql, ms }) => [sql, ms])

afterEach(() => vi.useRealTimers())

test('the slowest statements are listed once each, with their slowest run, the slowest first', () => {
  const slowest = new Slowest()
  for (const [sql, ms] of [
    ['a', 3],
    ['b', 5],
    ['a', 4],
    ['b', 1],
    ['select\n  1', 2],
  ] as const)
    slowest.note(sql, ms)
  expect(shown(slowest)).toEqual([
    ['b', 5],
    ['a', 4],
    ['select 1', 2],
  ])
})

test('only twenty are kept, and a faster one comes in when an hour has passed', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const slowest = new Slowest()
  for (let i = 1; i <= 30; i++) slowest.note(`q${i}`, i)
  expect(shown(slowest)).toEqual(Array.from({ length: 20 }, (_, i) => [`q${30 - i}`, 30 - i]))
  slowest.note('fast', 1)
  expect(shown(slowest).length).toBe(20)
  expect(shown(slowest)).not.toContainEqual(['fast', 1])
  vi.setSystemTime(Date.now() + HOUR)
  expect(shown(slowest)).toEqual([])
  slowest.note('q30', 2)
  slowest.note('fast', 1)
  expect(shown(slowest)).toEqual([
    ['q30', 2],
    ['fast', 1],
  ])
})
