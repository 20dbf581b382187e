import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Dashboard, eventually } from './support/dashboard.ts'
import { Server } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('a worker launched on the page runs what waits, in every open page, and is drained from there', async () => {
  const id = await server.newTask({ title: 'waits for a worker', command: 'echo done' })
  const [operator, tasks] = [await Dashboard.open(browser, server, '/workers'), await Dashboard.open(browser, server)]
  const { page } = operator
  await page.locator('#workers-head summary').first().click()
  await page.locator('#worker-form [name=name]').fill('made by hand')
  await page.getByRole('button', { name: 'Launch', exact: true }).click()

  const row = page.locator('#workers tbody tr', { hasText: 'made by hand' })
  await row.waitFor()
  await eventually(() => tasks.row(id).textContent()).toMatch(/succeeded/i)
  await eventually(() => row.textContent()).toMatch(/idle/i)

  await row.locator('details.menu > summary').click()
  await row.getByRole('button', { name: 'Drain' }).click()
  await eventually(() => row.textContent()).toMatch(/stopped/i)
  expect(operator.faults).toEqual([])
  expect(await operator.refused()).toEqual([])
})
