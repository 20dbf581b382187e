import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { Dashboard, eventually } from './support/dashboard.ts'
import { pages, stage } from './support/scenes.ts'
import { Server } from './support/server.ts'

/** More presses of Tab than any page has stops, and no more than a person would bear to a thing of this page. */
const MOST_STOPS = 250
const MOST_PRESSES = 60

let server: Server
let browser: Browser
const opened: Dashboard[] = []
const open = async (path?: string) => {
  const dashboard = await Dashboard.open(browser, server, path, { viewport: { width: 1280, height: 720 } })
  opened.push(dashboard)
  return dashboard.page
}
const pathOf = (page: Page) => new URL(page.url()).pathname
const stateOf = async (id: string) => (await server.api('GET', `/api/tasks/${id}`)).json.item?.state
const where = (page: Page) => page.evaluate<Stop | null>(STOP)

interface Stop {
  /** What it is called, as far as one can read it. */
  name: string
  faults: string[]
}

/** Where the focus is, and why one would not see it there. */
const STOP = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const name = (element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || element.placeholder || element.className).trim().replace(/\\s+/g, ' ').slice(0, 60)
  const faults = []
  const ring = [getComputedStyle(element), getComputedStyle(element, '::after'), element.closest('label') && getComputedStyle(element.closest('label'))]
  if (!ring.some((style) => style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)) faults.push('has no ring')
  const box = element.getBoundingClientRect()
  if (box.width < 2 || box.height < 2) faults.push('has no size')
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push('is out of sight')
  const [x, y] = [Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 1), innerHeight - 2)]
  const over = document.elementFromPoint(x, y)
  if (over && !element.contains(over) && !over.contains(element)) faults.push('is covered by ' + over.tagName + '.' + over.className)
  return { name, faults }
})()`

/** Presses Tab until the focus is on what is called so. */
async function tabTo(page: Page, name: RegExp, key = 'Tab') {
  const passed: string[] = []
  for (let i = 0; i < MOST_PRESSES; i++) {
    await page.keyboard.press(key)
    const stop = await where(page)
    if (stop && name.test(stop.name)) {
      expect(stop).toEqual({ name: stop.name, faults: [] })
      return
    }
    passed.push(stop?.name ?? '(nothing)')
  }
  throw new Error(`${name} is not among ${passed.join(' | ')}`)
}

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start({ workers: 1 }), launch()])
  await stage(server, 'few')
})
afterEach(async () => {
  for (const { faults } of opened) expect(faults).toEqual([])
  await Promise.all(opened.splice(0).map((dashboard) => dashboard.close()))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe('the focus', () => {
  test.each([
    ['Tab', { width: 1280, height: 720 }],
    ['Shift+Tab', { width: 1280, height: 720 }],
    ['Tab', { width: 640, height: 360 }],
    ['Shift+Tab', { width: 640, height: 360 }],
  ] as const)('is seen at every stop of every page by %s in a window of %o, and comes out at the end', { timeout: 120_000 }, async (key, viewport) => {
    const page = await open()
    await page.setViewportSize(viewport)
    const faults: string[] = []
    for (const path of pages('few')) {
      await page.goto(server.url + path)
      const seen = new Set<string>()
      let stops = 0
      for (; stops < MOST_STOPS; stops++) {
        await page.keyboard.press(key)
        const stop = await where(page)
        if (!stop) break
        for (const fault of stop.faults) seen.add(`${path}: “${stop.name}” ${fault}`)
      }
      if (stops === MOST_STOPS) seen.add(`${path} has no end`)
      faults.push(...seen)
    }
    expect(faults).toEqual([])
  })
})

describe('without a mouse', () => {
  test('one makes a task, finds it, opens it, cancels it and takes that back', async () => {
    const page = await open()
    await page.keyboard.press('c')
    await page.keyboard.type('Prune the orchard')
    await tabTo(page, /^Command/)
    await page.keyboard.type('sleep 60')
    await tabTo(page, /^(Create|Add|Queue|Send)/i)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Prune the orchard' }).first().waitFor()
    console.log('after create', await where(page))
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    console.log('after /', await where(page))
    await page.keyboard.type('orchard')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks?q=orchard')
    await page.keyboard.press('j')
    console.log('after j', await where(page))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/t_*')
    const id = pathOf(page).split('/').at(-1) as string
    await tabTo(page, /^Cancel$/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).first().waitFor()
    console.log('after cancel', await where(page))
    await page.keyboard.press('F6')
    console.log('after F6', await where(page))
    await page.keyboard.press('Enter')
    await eventually(() => page.locator('.detail-head').textContent()).toMatch(/Cancel/)
    await eventually(() => stateOf(id)).toBe('queued')
    await new Promise((r) => setTimeout(r, 1000))
    console.log('after undo', await where(page))
  })

  test('one retries what failed, by a key and by its menu', async () => {
    const page = await open('/tasks?state=failed')
    await page.keyboard.press('j')
    await page.keyboard.press('.')
    await eventually(() => where(page).then((stop) => stop?.name)).toBe('Retry')
    await page.keyboard.press('Enter')
    await eventually(() => stateOf('t_2')).toBe('queued')
    await new Promise((r) => setTimeout(r, 1500))
    console.log('after retry', await where(page))
  })

  test('one saves a search under a name', async () => {
    const page = await open('/tasks?q=queue:ops')
    await tabTo(page, /^Save view$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Name/)
    await page.keyboard.type('Of operations')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Of operations' }).waitFor()
    console.log('after save', page.url(), await where(page))
  })

  test('one chooses three and deletes them, through the step that asks', async () => {
    for (const title of ['one', 'two', 'three']) await server.newTask({ title, queue: 'parked', command: 'true' })
    const page = await open('/tasks?q=queue:parked')
    for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
    console.log('after x', await where(page))
    await tabTo(page, /^Delete/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/confirm?*')
    console.log('confirm', await where(page))
    await tabTo(page, /^Delete 3 tasks$/)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/tasks')
    console.log('deleted', page.url(), await where(page))
  })

  test('one changes the settings and signs out', async () => {
    const page = await open('/tasks')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForURL('**/settings')
    await tabTo(page, /^Density/)
    await page.keyboard.press('ArrowDown')
    await tabTo(page, /^Save$/)
    await page.keyboard.press('Enter')
    await page.locator('html[data-density=comfortable]').waitFor()
    console.log('saved', page.url(), await where(page))
    await tabTo(page, /^Signed in as/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Sign out$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /sign/i }).waitFor()
    console.log('out', page.url(), await where(page))
  })
})
