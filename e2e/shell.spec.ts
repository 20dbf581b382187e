import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Dashboard } from './support/dashboard.ts'
import { Server } from './support/server.ts'

const PAGES = ['/home', '/tasks', '/workers', '/queues', '/events', '/hub', '/settings', '/settings/access', '/settings/design', '/nothing-here']
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start({ workers: 1 }), launch()])
  const id = await server.newTask({
    title: 'a title that is rather long and has noWordThatCouldBeBrokenSomewhereInTheMiddleOfItAtAllBecauseItIsOne',
    command: 'exit 3',
  })
  PAGES.push(`/tasks/${id}`, '/workers/w_1', '/queues/default')
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** By how many pixels the page is wider than its window. */
const overhang = (page: Page) => page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)')

test('no page scrolls sideways on a phone, and all that is pressed there is large enough', async () => {
  const { page, close } = await Dashboard.open(browser, server, '/home', PHONE)
  for (const path of PAGES) {
    await page.goto(server.url + path)
    expect([path, await overhang(page)]).toEqual([path, 0])
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('.sidebar .nav-link, .topbar .button, .topbar .freshness, main .button')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44 && !element.closest('copy-button, noscript'))
      .map((element) => element.outerHTML.slice(0, 120))`)
    expect([path, small]).toEqual([path, []])
  }
  await close()
})

test('on a phone five things lie at the thumb, and the last leads to the rest', async () => {
  const { page, close } = await Dashboard.open(browser, server, '/home', PHONE)
  expect(await page.locator('.nav .nav-link:visible').count()).toBe(5)
  await page.getByText('More', { exact: true }).tap()
  await page.locator('.nav-more .menu-list').getByRole('link', { name: 'Settings' }).tap()
  await page.waitForURL('**/settings')
  expect(await page.locator('.nav-more > summary').getAttribute('aria-current')).toBe('true')
  await close()
})

test('a theme that was chosen is there from the first paint on, on every page, and goes with a choice of the system', async () => {
  const { page, close } = await Dashboard.open(browser, server, '/settings', { colorScheme: 'light' })
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  expect(await background()).toBe('rgb(255, 255, 255)')
  await page.getByLabel('Theme').selectOption('dark')
  await page.getByLabel('Density').selectOption('comfortable')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved in this browser.').waitFor()
  for (const path of PAGES.filter((path) => path !== '/nothing-here')) {
    const html = await (await page.context().request.get(server.url + path, { headers: { accept: 'text/html' } })).text()
    expect([path, html.includes('data-theme="dark" data-density="comfortable"')]).toEqual([path, true])
  }
  await page.goto(`${server.url}/tasks`)
  expect(await background()).toBe('rgb(14, 17, 22)')
  expect(await page.evaluate('Math.floor(document.querySelector("#tasks tbody tr").getBoundingClientRect().height)')).toBe(40)
  await page.goto(`${server.url}/settings`)
  await page.getByLabel('Theme').selectOption('system')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved in this browser.').waitFor()
  expect(await background()).toBe('rgb(255, 255, 255)')
  await close()
})

test('without script: the settings are kept', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${server.url}/in`)
  await page.locator('[name=code]').fill(await server.link())
  await page.locator('form:has([name=code]) button').click()
  await page.goto(`${server.url}/settings`)
  await page.getByLabel('Theme').selectOption('dark')
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  expect(await page.textContent('main')).toContain('Times are shown as in Asia/Tokyo.')
  await context.close()
})

test('the search of any page leads to the list of what it finds', async () => {
  const { page, close } = await Dashboard.open(browser, server, '/workers')
  const box = page.locator('.topbar [name=q]')
  await box.fill('state:failed rather')
  await box.press('Enter')
  await page.waitForURL('**/tasks?q=*')
  await page.locator('#tasks tbody tr').first().waitFor()
  expect(await page.locator('#tasks tbody tr').count()).toBe(1)
  await close()
})

test('the skip link is the first stop of the keyboard, and leads past the shell', async () => {
  const { page, close } = await Dashboard.open(browser, server, '/tasks')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to the content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
  await close()
})

test('no page breaks its own policy', async () => {
  const reader = await Dashboard.open(browser, server, '/home')
  for (const path of PAGES) {
    await reader.page.goto(server.url + path)
    expect([path, await reader.refused(), reader.faults]).toEqual([path, [], []])
  }
  await reader.close()
})
