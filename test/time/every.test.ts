import { expect, onTestFinished, test } from 'vitest'
import { every } from '../../src/time/every.ts'
import { until } from '../support/server.ts'

test('a loop survives errors, never runs concurrently, and awaits the last run when stopped', async () => {
  let [calls, atOnce, most] = [0, 0, 0]
  const errors: unknown[] = []
  const act = async () => {
    most = Math.max(most, ++atOnce)
    calls++
    await new Promise((resolve) => setTimeout(resolve, 10))
    atOnce--
    throw new Error(`call ${calls}`)
  }
  const stop = every(1, act, (error) => errors.push(error))
  onTestFinished(() => stop())
  await until(() => calls >= 5 && atOnce === 1)
  await stop()
  const then = calls
  expect([most, atOnce, errors.length]).toEqual([1, 0, then])
  let others = 0
  onTestFinished(
    every(
      1,
      () => others++,
      () => {},
    ),
  )
  await until(() => others >= 5)
  expect(calls).toBe(then)
})

test('a synchronous error does not end the loop either', async () => {
  const errors: unknown[] = []
  const stop = every(
    1,
    () => {
      throw new Error('at once')
    },
    (error) => errors.push(error),
  )
  onTestFinished(() => stop())
  await until(() => errors.length >= 3)
})
