import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const PAGES = ['/home', '/tasks', '/workers', '/queues', '/events', '/hub', '/settings', '/settings/access', '/settings/design', '/api', '/nothing-here']
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

const { server, open, signIn } = setUp({ workers: 1, reducedMotion: 'no-preference' })
beforeAll(async () => {
  const title = 'a title that is rather long and has noWordThatCouldBeBrokenSomewhereInTheMiddleOfItAtAllBecauseItIsOne'
  const id = await server.newTask({ title, command: 'exit 3' })
  PAGES.push(`/tasks/${id}`, '/workers/w_1', '/queues/default')
})

/** How many pixels the page is wider than its window. */
const overhang = (page: Page) => page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)')

test('on a phone no page scrolls sideways or violates its CSP, and touch targets are large enough', async () => {
  const reader = await open('/home', PHONE)
  const { page } = reader
  for (const path of PAGES) {
    await page.goto(server.url + path)
    expect([path, await overhang(page)]).toEqual([path, 0])
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('.sidebar .nav-link, .topbar .button, .topbar .freshness, main .button')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44 && !element.closest('copy-button, noscript'))
      .map((element) => element.outerHTML.slice(0, 120))`)
    expect([path, small, reader.faults]).toEqual([path, [], []])
  }
})

test('on a phone the bottom bar has five entries, of which the last opens the others', async () => {
  const { page } = await open('/home', PHONE)
  await eventually(() => page.locator('.nav .nav-link:visible').count()).toBe(5)
  await page.getByText('More', { exact: true }).tap()
  await page.locator('.nav-more .menu-list').getByRole('link', { name: 'Settings' }).tap()
  await page.waitForURL('**/settings')
  await eventually(() => page.locator('.nav-more > summary').getAttribute('aria-current')).toBe('true')
})

test('a chosen theme applies from the first paint on every page, until the system’s is chosen', async () => {
  const reader = await open('/settings', { colorScheme: 'light' })
  const { page } = reader
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  await eventually(() => background()).toBe('rgb(255, 255, 255)')
  await page.getByLabel('Theme').selectOption('dark')
  await page.getByLabel('Density').selectOption('comfortable')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved in this browser.').waitFor()
  for (const path of PAGES.filter((path) => path !== '/nothing-here')) {
    const html = await reader.html(path)
    expect([path, html.includes('data-theme="dark" data-density="comfortable"')]).toEqual([path, true])
  }
  await page.goto(`${server.url}/tasks`)
  await eventually(() => background()).toBe('rgb(14, 17, 22)')
  await eventually(() => page.evaluate('Math.floor(document.querySelector("#tasks tbody tr").getBoundingClientRect().height)')).toBe(40)
  await page.goto(`${server.url}/settings`)
  await page.getByLabel('Theme').selectOption('system')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved in this browser.').waitFor()
  await eventually(() => background()).toBe('rgb(255, 255, 255)')
})

test('without script: the settings are kept', async () => {
  const page = await signIn(await server.link())
  await page.goto(`${server.url}/settings`)
  await page.getByLabel('Theme').selectOption('dark')
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
  await page.getByRole('button', { name: 'Save' }).click()
  await eventually(() => page.locator('html').getAttribute('data-theme')).toBe('dark')
  await eventually(() => page.textContent('main')).toContain('Times are shown in Asia/Tokyo.')
})

test('the search box of any page opens the list of matches', async () => {
  const { page } = await open('/workers')
  const box = page.locator('.topbar [name=q]')
  await box.fill('state:failed rather')
  await box.press('Enter')
  await page.waitForURL('**/tasks?q=*')
  await page.locator('#tasks tbody tr').first().waitFor()
  await eventually(() => page.locator('#tasks tbody tr').count()).toBe(1)
})

test('the skip link is the first tab stop, and leads past the shell', async () => {
  const { page } = await open('/tasks')
  await page.keyboard.press('Tab')
  await eventually(() => page.evaluate('document.activeElement.textContent')).toContain('Skip to the content')
  await page.keyboard.press('Enter')
  await eventually(() => page.evaluate('document.activeElement.id')).toBe('main')
})
