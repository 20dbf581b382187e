import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Server } from './support/server.ts'

let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('without script: sign in by the code', async () => {
  const link = await server.link()
  await page.goto(link)
  await page.locator('[name=code]').fill(link.slice(link.indexOf('#') + 1))
  await page.locator('form:has([name=code]) button').click()
  expect(new URL(page.url()).pathname).toBe('/home')
})

test('without script: a used code says so, and how to get another', async () => {
  const other = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  await other.goto(`${server.url}/in`)
  await other.locator('[name=code]').fill(server.signIn.slice(server.signIn.indexOf('#') + 1).replace(/.$/, '_'))
  await other.locator('form:has([name=code]) button').click()
  expect(await other.textContent('body')).toMatch(/telltale open/)
  await other.goto(`${server.url}/tasks`)
  expect(await other.locator('#tasks').count()).toBe(0)
})

test('without script: create, and the page says that it is not live', async () => {
  await page.goto(`${server.url}/tasks`)
  expect(await page.textContent('body')).toMatch(/JavaScript is off/)
  await page.locator('details:has(#task-form) > summary').click()
  await page.locator('#task-form [name=title]').fill('made without script')
  await page.locator('#task-form [name=command]').fill('true')
  await page.locator('#task-form button[type=submit]').last().click()
  expect(await page.textContent('#tasks, [id^=task-t_]')).toContain('made without script')
})

test('without script: a refused form comes back with its words and what was typed', async () => {
  await page.goto(`${server.url}/tasks`)
  await page.locator('details:has(#task-form) > summary').click()
  await page.locator('#task-form [name=title]').fill('kept as typed')
  await page.locator('#task-form [name=command]').fill('true')
  await page.locator('#task-form [name=queue]').first().fill('no such/queue')
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.locator('#task-form button[type=submit]').last().click(),
  ])
  expect(answer.status()).toBe(422)
  expect(await page.locator('#task-form [name=title]').inputValue()).toBe('kept as typed')
  expect(await page.locator('#task-form .field-problem').textContent()).toMatch(/queue name/)
})

test('without script: filter, page on, and cancel', async () => {
  for (let i = 1; i <= 60; i++) await server.newTask({ title: `plain ${i}`, queue: 'plain' })
  await page.goto(`${server.url}/tasks?queue=plain`)
  expect(await page.locator('#tasks').textContent()).toContain('plain 60')
  expect(await page.locator('#tasks').textContent()).not.toContain('made without script')
  await page.locator('#tasks a[href*="before="]').click()
  expect(page.url()).toContain('queue%3Aplain')
  expect(await page.locator('#tasks').textContent()).toContain('plain 1')

  const id = await server.newTask({ title: 'to be cancelled by hand', queue: 'other' })
  await page.goto(`${server.url}/tasks/${id}`)
  await page.locator(`form[action$="/${id}/cancel"] button`).first().click()
  expect(await page.textContent('main')).toMatch(/cancelling/i)
  await page.getByRole('button', { name: 'Undo' }).click()
  expect(await page.textContent('main')).not.toMatch(/cancelling/i)
  await page.locator(`form[action$="/${id}/cancel"] button`).first().click()
  const state = async () => (await server.api('GET', `/api/tasks/${id}`)).json.item.state
  await expect.poll(state, { timeout: 10_000 }).toBe('cancelled')
})
