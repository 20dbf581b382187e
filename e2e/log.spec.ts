import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Dashboard, eventually } from './support/dashboard.ts'
import { Server } from './support/server.ts'

const LINES = /\/ui\/tasks\/t_\d+\/log/

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start({ workers: 1 }), launch()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const lines = (reader: Dashboard) => reader.page.locator('log-view .log > li:visible').allTextContents()

test('a log is read as it is written, in colour, and its reader stops asking when it is over', async () => {
  const command = `printf 'one\\n'; printf '\\033[31mred\\033[0m <b>not bold</b>\\n'; sleep 2; printf 'half'; sleep 1; printf ' and whole\\n'; echo failed >&2`
  const id = await server.newTask({ title: 'talks', command })
  const reader = await Dashboard.open(browser, server, `/tasks/${id}`)
  await eventually(() => lines(reader)).toEqual([expect.stringMatching(/one$/), expect.stringMatching(/red <b>not bold<\/b>$/)])
  expect(await reader.page.locator('log-view .ansi-red-fg').textContent()).toBe('red')
  expect(await reader.page.locator('log-view .log b').count()).toBe(0)
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/half$/)
  await eventually(async () => (await lines(reader)).slice(2)).toEqual([expect.stringMatching(/half and whole$/), expect.stringMatching(/failed$/)])
  expect(await reader.page.locator('log-view .stderr').textContent()).toMatch(/failed/)
  await eventually(() => reader.page.locator(`#task-${id}`).textContent()).toMatch(/succeeded/i)

  await eventually(() => reader.page.locator('log-view').getAttribute('data-ended')).not.toBeNull()
  const asked = reader.asked(LINES)
  await server.newTask({ title: 'another', command: 'echo other' })
  await reader.settled(LINES)
  expect(reader.asked(LINES)).toBe(asked)
  expect(reader.faults).toEqual([])
  await reader.close()
})

test('a flood keeps five hundred lines in the page, and who reads above is not carried away', async () => {
  const id = await server.newTask({
    title: 'floods',
    command: 'for i in $(seq 1 2000); do echo line $i; done; sleep 2; for i in $(seq 1 5); do echo later $i; done',
  })
  const reader = await Dashboard.open(browser, server, `/tasks/${id}`)
  const log = reader.page.locator('log-view .log')
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/line 2000$/)
  expect(await log.locator('> li').count()).toBeLessThanOrEqual(500)
  await log.evaluate((element) => {
    element.scrollTop = 40
  })
  await eventually(() => reader.page.locator('log-view [data-new]').textContent()).toMatch(/5 new lines/)
  expect(await log.evaluate((element) => element.scrollTop + element.clientHeight < element.scrollHeight - 100)).toBe(true)
  await reader.page.locator('log-view [data-new]').click()
  expect(await log.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 2)).toBe(true)
  await reader.close()
})

test('a retry goes on to the log of the new attempt, in the open page', async () => {
  const id = await server.newTask({ title: 'fails', command: 'echo attempt at $(date +%s%N); exit 1' })
  const reader = await Dashboard.open(browser, server, `/tasks/${id}`)
  await eventually(() => lines(reader)).toHaveLength(1)
  const [before] = await lines(reader)
  await reader.page.getByRole('button', { name: 'Retry' }).first().click()
  await eventually(async () => (await lines(reader))[0] ?? before).not.toBe(before)
  expect(await lines(reader)).toHaveLength(1)
  expect(await reader.page.locator('log-view a[href*="download"]').getAttribute('href')).toContain('attempt=2')
  await reader.close()
})
