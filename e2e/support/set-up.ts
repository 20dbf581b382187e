import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { Dashboard, DEADLINE_MS, eventually, type OpenOptions } from './dashboard.ts'
import { Server, type ServerOptions } from './server.ts'

/** The browser that all spec files share; each test has its own contexts. */
export const oneBrowser = (): Promise<Browser> => chromium.connect(inject('browser'))

/**
 * A server and a browser for the tests of a file, or of the block in which it is called, and what their pages have in
 * common. After each test its pages are closed; none may have broken a rule, and no stream may be left behind.
 */
export function setUp({ workers = 0, flags = [], ...usual }: ServerOptions & OpenOptions = {}) {
  const server = new Server({ workers, flags })
  const dashboards: Dashboard[] = []
  const contexts: BrowserContext[] = []
  let browser: Browser | undefined

  const context = async (options?: BrowserContextOptions) => {
    const made = await (browser as Browser).newContext(options)
    made.setDefaultTimeout(DEADLINE_MS)
    contexts.push(made)
    return made
  }
  const open = async (path = '/tasks', options: OpenOptions = {}) => {
    const dashboard = await Dashboard.open(context, server, path, { ...usual, ...options })
    dashboards.push(dashboard)
    return dashboard
  }
  const signIn = async (code: string): Promise<Page> => {
    const page = await (await context({ javaScriptEnabled: false })).newPage()
    await page.goto(`${server.url}/in`)
    await page.locator('[name=code]').fill(code)
    // Without script a press leads to another document, which a test must not overtake by opening a third.
    const arrived = page.waitForEvent('domcontentloaded')
    await page.locator('form:has([name=code]) button').click()
    await arrived
    return page
  }

  beforeAll(async () => {
    ;[browser] = await Promise.all([oneBrowser(), server.up()])
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map(close))
    for (const { faults } of dashboards.splice(0)) expect(faults).toEqual([])
    await eventually(() => server.streams()).toBe(0)
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })
  return {
    server,
    /** A new page at `path` (the tasks), signed in and live. */
    open,
    /** A page without script, signed in with this code or link. */
    signIn,
  }
}

/** Chromium may hang when it closes a page during a navigation, so the page is navigated away first. */
async function close(context: BrowserContext) {
  await Promise.all(context.pages().map((page) => leave(page)))
  await context.close()
}

/** That navigation may be interrupted by the page's own. */
async function leave(page: Page, tries = 5) {
  for (let i = 0; i < tries && page.url() !== 'about:blank'; i++) await page.goto('about:blank').catch(() => {})
}
