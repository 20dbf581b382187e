import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, BrowserContextOptions, Cookie, Locator, Page, Request, Route } from 'playwright'
import { expect } from 'vitest'
import type { Server } from './server.ts'

/** A request for the task list. */
export const PARTIAL = /\/ui\/tasks(\?|$)/
/** After an outage a page retries at least every 30 s; a slow machine needs longer. */
export const BACK_MS = 90_000

const WATCH_PAGE = fileURLToPath(new URL('watch-page.js', import.meta.url))
/** Long enough for the slowest machine; a wait ends as soon as its condition holds. */
export const DEADLINE_MS = 60_000
/** Longer than a nudge takes to become a request. */
const QUIET_MS = 400
const STREAM = '**/ui/stream?*'
/** The console message of a CSP violation. */
const REFUSED = /Content.Security.Policy|TrustedHTML/i
/** Chromium's message about a view transition that it skipped, which no script of ours causes. */
const GIVEN_UP = /^(InvalidStateError|AbortError|TimeoutError): Transition was (aborted|skipped)/

/** Polls `read` until the matcher passes. */
export const eventually = <Value>(read: () => Promise<Value> | Value, timeout = DEADLINE_MS) => expect.poll(read, { timeout, interval: 20 })

/**
 * With `clock`, the page's time can be wound on. `alone`, it has no SharedWorker: the page holds the stream itself, where
 * `page.route` reaches it. With `ownSession`, it may sign out: the others of its server share one. Motion is reduced unless
 * asked for: drawing the frames of an animation takes a machine without a graphics card longer than all else that a change
 * does to a page.
 */
export type OpenOptions = BrowserContextOptions & { clock?: boolean; alone?: boolean; ownSession?: boolean }

/** The response to a request that a test holds back. Unlike a browser, Playwright cannot resolve names below localhost. */
export async function answerTo(route: Route) {
  const url = new URL(route.request().url())
  const headers = { ...(await route.request().allHeaders()), host: url.host }
  url.hostname = '127.0.0.1'
  return route.fetch({ url: url.href, headers })
}

/** A page of Telltale as its viewer sees it; it records every request. */
export class Dashboard {
  readonly page: Page
  /** Script errors and CSP violations in any tab of its browser. */
  readonly faults: string[]
  readonly #requests: Request[] = []
  readonly #underWay = new Set<Request>()

  private constructor(page: Page, faults: string[]) {
    this.page = page
    this.faults = faults
    page.on('request', (request) => {
      this.#requests.push(request)
      // A stream is in flight as long as the page exists.
      if (request.headers().accept !== 'text/event-stream') this.#underWay.add(request)
    })
    for (const end of ['requestfinished', 'requestfailed'] as const) page.on(end as 'requestfinished', (request) => this.#underWay.delete(request))
  }

  /** A new browser context, signed in, at `path` and live. */
  static async open(
    newContext: (options: BrowserContextOptions) => Promise<BrowserContext>,
    server: Server,
    path: string,
    { clock = false, alone = false, ownSession = false, ...options }: OpenOptions,
  ): Promise<Dashboard> {
    const context = await newContext({ reducedMotion: 'reduce', ...options })
    if (clock) await context.clock.install()
    if (alone) await context.addInitScript('delete window.SharedWorker')
    await context.addInitScript({ path: WATCH_PAGE })
    const faults: string[] = []
    context.on('weberror', (error) => GIVEN_UP.test(String(error.error())) || faults.push(String(error.error())))
    context.on('console', (message) => REFUSED.test(message.text()) && faults.push(message.text()))
    const dashboard = new Dashboard(await context.newPage(), faults)
    if (ownSession) await dashboard.#signIn(server)
    else if (server.session) await context.addCookies(server.session)
    else server.session = await dashboard.#signIn(server)
    if (dashboard.page.url() !== server.url + path) await dashboard.page.goto(server.url + path)
    await dashboard.isLive()
    return dashboard
  }

  /** Signs in with a one-use link and returns the session cookies. */
  async #signIn(server: Server): Promise<Cookie[]> {
    await this.page.goto(await server.link())
    await this.page.waitForURL('**/home')
    const cookies = await this.page.context().cookies()
    return cookies.filter(({ httpOnly }) => httpOnly)
  }

  /** Another tab of the same browser, at the same address. */
  async tab(path = new URL(this.page.url()).pathname): Promise<Dashboard> {
    const dashboard = new Dashboard(await this.page.context().newPage(), this.faults)
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

  /** When this id first appeared in the DOM, in ms since 1970; 0 if it has not. */
  firstSeen = (id: string) => this.page.evaluate<number>(`window.firstSeen['${id}'] ?? 0`)
  /** The largest number of concurrent fetches of `path`. */
  mostAtOnce = (path: string) => this.page.evaluate<number>(`window.flights['${path}'].most`)

  #newTask = () => this.page.locator('#sheet #task-form')
  newTaskIsOpen = () => this.#newTask().isVisible()

  async openNewTask() {
    if (await this.newTaskIsOpen()) return
    await this.page.locator('.topbar-new').click()
    await this.#newTask().waitFor()
  }

  /** Fills in and sends the open form for a new task. */
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

  /** Shows a toast, as a refused change does. */
  async tell(detail: string) {
    const event = { requestConfig: { verb: 'post' }, xhr: { status: 409, responseText: JSON.stringify({ detail }) } }
    await this.page.evaluate(`document.dispatchEvent(new CustomEvent('htmx:responseError', { detail: ${JSON.stringify(event)} }))`)
  }

  /** The number of requests that match `pattern`. */
  asked(pattern: RegExp, method = 'GET'): number {
    return this.#requests.filter((request) => request.method() === method && pattern.test(request.url())).length
  }

  /** Resolves after a while without requests that match `pattern`, long enough for the server and the page to react. */
  async settled(pattern: RegExp) {
    const healthz = `http://127.0.0.1:${new URL(this.page.url()).port}/healthz`
    let before: number
    do {
      before = this.asked(pattern)
      await fetch(healthz)
      await pause(QUIET_MS)
      // On any machine, the server has flushed by now, and the page has handled that.
      await fetch(healthz)
      await this.page.evaluate(`fetch('/healthz').then(() => 0)`)
    } while (before !== this.asked(pattern) || [...this.#underWay].some((request) => pattern.test(request.url())))
  }

  /** The HTML of another path, fetched by this browser. */
  html = (path: string) => this.page.evaluate<string>(`fetch(${JSON.stringify(path)}, { headers: { accept: 'text/html' } }).then((answer) => answer.text())`)

  /** Holds back the next response until it is delivered; `stamp` changes its X-Live-Seq. */
  async delayNext(pattern: RegExp, stamp = (own: string) => own) {
    const delivered = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<string>()
    const hold = async (route: Route) => {
      const answer = await answerTo(route)
      const body = await answer.text()
      asked.resolve(body)
      await delivered.promise
      await route.fulfill({ response: answer, body, headers: { ...answer.headers(), 'x-live-seq': stamp(answer.headers()['x-live-seq'] ?? '') } })
    }
    await this.page.route(pattern, hold, { times: 1 })
    return { asked: asked.promise, deliver: delivered.resolve }
  }

  /** Holds back the page's next stream until it is delivered. */
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

  /** Cuts the stream, and answers every reconnect with `status`. */
  async refuseStream(status: number) {
    const refusal = { count: 0, end: () => this.page.unroute(STREAM) }
    await this.page.route(STREAM, (route) => {
      refusal.count++
      return route.fulfill({ status, body: '' })
    })
    await this.page.evaluate('dispatchEvent(new Event("online"))')
    return refusal
  }

  /** Advances the page's clock; each due timer fires once. */
  windOn = (ms: number) => this.page.clock.fastForward(ms)

  /** Pauses or resumes the page, even in a background tab, which cannot be clicked. */
  hold = () => this.status.evaluate((element) => (element as unknown as { click(): void }).click())

  /** Hides or shows the page, as when its viewer switches tabs. */
  async hide(hidden: boolean) {
    await this.page.evaluate(`
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
      document.dispatchEvent(new Event('visibilitychange'))`)
  }
}
