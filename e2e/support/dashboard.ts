import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Locator, Page, Request, Route } from 'playwright'
import { expect } from 'vitest'
import type { Server } from './server.ts'

const WATCH_PAGE = fileURLToPath(new URL('watch-page.js', import.meta.url))
/** Long enough for a slow machine; a wait ends as soon as what it waits for is true. */
const DEADLINE_MS = 10_000
/** Longer than a nudge takes to become a request. */
const QUIET_MS = 400
const STREAM = '**/ui/stream?*'

/** Waits until `read` answers what the matcher wants. */
export const eventually = <Value>(read: () => Promise<Value> | Value, timeout = DEADLINE_MS) => expect.poll(read, { timeout, interval: 20 })

/** One page of Telltale, in the words of who uses it; it remembers every request and every broken rule. */
export class Dashboard {
  readonly page: Page
  /** Errors of the page's scripts, and what its Content-Security-Policy said on the console. */
  readonly faults: string[] = []
  readonly #requests: Request[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('request', (request) => this.#requests.push(request))
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => /Content Security Policy|TrustedHTML/i.test(message.text()) && this.faults.push(message.text()))
  }

  /**
   * A browser context of its own, signed in by a one-use link, at `path` and live; with `clock`, its time can be wound
   * on. `alone`, it has no SharedWorker: the page holds the stream itself, where `page.route` reaches it. `patient`, its
   * reader lets new rows wait, who else shows them as soon as they come.
   */
  static async open(
    browser: Browser,
    server: Server,
    path = '/tasks',
    { clock = false, alone = false, patient = false, ...options }: BrowserContextOptions & { clock?: boolean; alone?: boolean; patient?: boolean } = {},
  ): Promise<Dashboard> {
    const context = await browser.newContext(options)
    if (clock) await context.clock.install()
    if (alone) await context.addInitScript('delete window.SharedWorker')
    if (patient) await context.addInitScript('window.isPatient = true')
    await context.addInitScript({ path: WATCH_PAGE })
    const dashboard = new Dashboard(await context.newPage())
    await dashboard.page.goto(await server.link())
    await dashboard.page.waitForURL('**/home')
    if (path !== '/home') await dashboard.page.goto(server.url + path)
    await dashboard.isLive()
    return dashboard
  }

  /** Another tab of the same browser, at the same address. */
  async tab(path = new URL(this.page.url()).pathname): Promise<Dashboard> {
    const dashboard = new Dashboard(await this.page.context().newPage())
    await dashboard.page.goto(new URL(path, this.page.url()).href)
    await dashboard.isLive()
    return dashboard
  }

  get status(): Locator {
    return this.page.locator('#event-bus-status')
  }

  isLive = (timeout = DEADLINE_MS) => eventually(() => this.status.textContent(), timeout).toMatch(/^\s*Live\s*$/)

  row = (id: string): Locator => this.page.locator(`#tasks tr[id$="${id}"]`)
  titles = () => this.page.locator('#tasks tbody tr a[href^="/tasks/t_"]').allTextContents()

  /** When the element with this id was first in the DOM, in ms of the wall clock; 0 while it was not. */
  firstSeen = (id: string) => this.page.evaluate<number>(`window.firstSeen['${id}'] ?? 0`)
  /** How many fetches of `path` were on their way at once, at most. */
  mostAtOnce = (path: string) => this.page.evaluate<number>(`window.flights['${path}'].most`)
  /** What the Content-Security-Policy refused. */
  refused = () => this.page.evaluate<string[]>('window.refused')
  close = () => this.page.context().close()

  #newTaskBox = () => this.page.locator('details:has(#task-form)')
  newTaskIsOpen = async () => (await this.#newTaskBox().getAttribute('open')) !== null

  async openNewTask() {
    if (!(await this.newTaskIsOpen())) await this.#newTaskBox().locator('> summary').click()
  }

  /** Fills the form for a new task, which is open, and sends it. */
  async sendNewTask({ title, command }: { title: string; command: string }) {
    await this.page.locator('#task-form [name=title]').fill(title)
    await this.page.locator('#task-form [name=command]').fill(command)
    await this.page.locator('#task-form button[type=submit]').last().click()
  }

  async newTask(task: { title: string; command: string }) {
    await this.openNewTask()
    await this.sendNewTask(task)
  }

  async cancel(id: string) {
    await this.row(id).locator('details.menu > summary').click()
    await this.row(id).locator(`form[action$="/${id}/cancel"] button`).click()
  }

  /** How often the page has asked for a URL that `pattern` matches. */
  asked(pattern: RegExp, method = 'GET'): number {
    return this.#requests.filter((request) => request.method() === method && pattern.test(request.url())).length
  }

  /** Resolves when nothing that `pattern` matches was asked for a while. */
  async settled(pattern: RegExp) {
    let before = -1
    while (before !== this.asked(pattern)) {
      before = this.asked(pattern)
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
  }

  /** The next answer is made at once and held back until it is delivered; `stamp` makes it claim another X-Live-Seq. */
  async delayNext(pattern: RegExp, stamp = (own: string) => own) {
    const delivered = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<string>()
    const hold = async (route: Route) => {
      const answer = await route.fetch()
      const body = await answer.text()
      asked.resolve(body)
      await delivered.promise
      await route.fulfill({ response: answer, body, headers: { ...answer.headers(), 'x-live-seq': stamp(answer.headers()['x-live-seq'] ?? '') } })
    }
    await this.page.route(pattern, hold, { times: 1 })
    return { asked: asked.promise, deliver: delivered.resolve }
  }

  /** The page's next stream is not opened until it is delivered. */
  async delayStream() {
    const delivered = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await this.page.route(STREAM, async (route) => {
      asked.resolve()
      await delivered.promise
      await route.continue()
    })
    return { asked: asked.promise, deliver: delivered.resolve }
  }

  /** Cuts the stream, and answers every attempt to open it with `status`. */
  async refuseStream(status: number) {
    const refusal = { count: 0, end: () => this.page.unroute(STREAM) }
    await this.page.route(STREAM, (route) => {
      refusal.count++
      return route.fulfill({ status, body: '' })
    })
    await this.page.evaluate('dispatchEvent(new Event("online"))')
    return refusal
  }

  /** Winds the page's clock on: every timer that falls due fires once. */
  windOn = (ms: number) => this.page.clock.fastForward(ms)

  /** As if the person looked at another tab, or came back. */
  async hide(hidden: boolean) {
    await this.page.evaluate(`
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
      document.dispatchEvent(new Event('visibilitychange'))`)
  }
}
