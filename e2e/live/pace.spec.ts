import { expect, test } from 'vitest'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'
import { delay, MOST_TIMES_LATER, timesLater } from './pace.ts'

// Times are compared on the same machine, so no other test runs concurrently.
const { server, open } = setUp()

test('a task created by JSON appears in another page about as soon as if that page fetched it', async () => {
  const [reader, paused] = [await open(), await open()]
  await paused.hold()
  const [live, fetched]: [number[], number[]] = [[], []]
  for (let i = 1; i <= 9; i++) {
    live.push(await delay(server, [reader], { title: `comes by itself ${i}` }))
    fetched.push(await delay(server, [paused], { title: `is fetched ${i}`, told: true }))
  }
  expect(timesLater("JSON create to another page's DOM", live, fetched)).toBeLessThan(MOST_TIMES_LATER)
})

test('twenty tabs share one connection, show a change about as soon as if all fetched it, and the next tab loads', async () => {
  const tabs = [await open()]
  while (tabs.length < 20) tabs.push(await (tabs[0] as Dashboard).tab())
  await eventually(() => server.streams()).toBe(1)
  const [live, fetched]: [number[], number[]] = [[], []]
  for (let i = 1; i <= 3; i++) live.push(await delay(server, tabs, { title: `seen by twenty ${i}` }))
  await Promise.all(tabs.map((tab) => tab.hold()))
  for (let i = 1; i <= 3; i++) fetched.push(await delay(server, tabs, { title: `fetched by twenty ${i}`, told: true }))
  expect(timesLater('JSON create to the last of 20 tabs', live, fetched)).toBeLessThan(MOST_TIMES_LATER)

  const next = await (tabs[0] as Dashboard).tab()
  await eventually(() => next.titles()).toContain('seen by twenty 3')
  await Promise.all(tabs.map((tab) => tab.page.close()))
  await next.row(await server.newTask({ title: 'seen by the last' })).waitFor()
  await eventually(() => server.streams()).toBe(1)
})
