import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Dashboard, eventually } from './support/dashboard.ts'
import { Server } from './support/server.ts'

const PARTIAL = /\/ui\/tasks(\?|$)/
const BACK_MS = 35_000

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('a page outlives kill -9 of the server, keeps what was typed, and catches up by itself', async () => {
  const reader = await Dashboard.open(browser, server)
  await reader.openNewTask()
  const title = reader.page.locator('#task-form [name=title]')
  await title.fill('half a title')
  await reader.page.evaluate('window.sameDocument = true')

  await server.down('SIGKILL')
  await eventually(() => reader.status.textContent()).toMatch(/Reconnecting/)
  await reader.sendNewTask({ title: 'sent into the void', command: 'true' })
  await eventually(() => reader.page.locator('[data-toasts]').textContent()).toMatch(/Not sent/)
  expect(await title.inputValue()).toBe('sent into the void')

  await server.up()
  const id = await server.newTask({ title: 'made before the page was back' })
  await reader.row(id).waitFor({ timeout: BACK_MS })
  await reader.isLive(BACK_MS)
  expect(await reader.page.evaluate<boolean>('window.sameDocument')).toBe(true)
  expect(await title.inputValue()).toBe('sent into the void')
  expect(await reader.streams()).toBe(1)
  await reader.close()
})

test('it asks every ten seconds while the stream is down, says since when, and stops when it is back', async () => {
  const reader = await Dashboard.open(browser, server)
  await reader.settled(PARTIAL)
  const before = reader.asked(PARTIAL)
  const refuse = await reader.refuseStream(503)
  await eventually(() => reader.status.textContent(), 15_000).toMatch(/Offline since \d\d:\d\d:\d\d, showing last known/)
  const id = await server.newTask({ title: 'seen by asking' })
  await reader.row(id).waitFor({ timeout: 15_000 })
  expect(refuse.count).toBeGreaterThan(1)
  const during = reader.asked(PARTIAL) - before
  expect(during).toBeGreaterThanOrEqual(1)
  expect(during).toBeLessThanOrEqual(3)

  await refuse.end()
  await reader.isLive(BACK_MS)
  await reader.settled(PARTIAL)
  const after = reader.asked(PARTIAL)
  await new Promise((resolve) => setTimeout(resolve, 11_000))
  expect(reader.asked(PARTIAL)).toBe(after)
  await reader.close()
})
