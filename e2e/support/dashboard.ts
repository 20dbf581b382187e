import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, BrowserContextOptions, Cookie, Locator, Page, Request, Route } from 'playwright'
import { expect } from 'vitest'
import type { Server } from './server.ts'

/** Asks for the list of tasks. */
export const PARTIAL = /\/ui\/tasks(\?|$)/
/** After an outage a page tries again every 30 s at least; a slow machine needs longer. */
export const BACK_MS = 90_000

const WATCH_PAGE = fileURLToPath(new URL('watch-page.js', import.meta.url))
/** Long enough for the slowest machine; a wait ends as soon as its condition holds. */
export const DEADLINE_MS = 60_000
/** Longer than a nudge takes to become a request. */
const QUIET_MS = 400
const STREAM = '**/ui/stream?*'
/** What the console says of a page that breaks its own Content-Security-Policy. */
const REFUSED = /Content.Security.Policy|TrustedHTML/i
/** What Chromium says of its own animation between two pages, when it comes too late for it: none of our scripts has part in that. */
const GIVEN_UP = /^(InvalidStateError|AbortError|TimeoutError): Transition was (aborted|skipped)/

/** Waits until `read` answers what the matcher wants. */
export const eventually = <Value>(read: () => Promise<Value> | Value, timeout = DEADLINE_MS) => expect.poll(read, { timeout, interval: 20 })

/**
 * With `clock`, the page's time can be wound on. `alone`, it has no SharedWorker: the page holds the stream itself, where
 * `page.route` reaches it. `patient`, its reader lets new rows wait instead of showing them as soon as they come. With
 * `ownSession`, it may sign out: the others of its server share one. Motion is reduced unless asked for: drawing the frames
 * of an animation takes a machine without a graphics card longer than all else that a change does to a page.
 */
export type OpenOptions = BrowserContextOptions & { clock?: boolean; alone?: boolean; patient?: boolean; ownSession?: boolean }

/** The server's answer to a request that a test holds back. Playwright itself, unlike a browser, cannot look up names below localhost. */
export async function answerTo(route: Route) {
  const url = new URL(route.request().url())
  const headers = { ...(await route.request().allHeaders()), host: url.host }
  url.hostname = '127.0.0.1'
  return route.fetch({ url: url.href, headers })
}

/** One page of Telltale, in the words of who uses it; it remembers every request. */
export class Dashboard {
  readonly page: Page
  /** What went wrong in any tab of its browser: errors of scripts, and what the Content-Security-Policy refused. */
  readonly faults: string[]
  readonly #requests: Request[] = []
  readonly #underWay = new Set<Request>()

  private constructor(page: Page, faults: string[]) {
    this.page = page
    this.faults = faults
    page.on('request', (request) => {
      this.#requests.push(request)
      // A stream is on its way for as long as the page is there.
      if (request.headers().accept !== 'text/event-stream') this.#underWay.add(request)
    })
    for (const end of ['requestfinished', 'requestfailed'] as const) page.on(end as 'requestfinished', (request) => this.#underWay.delete(request))
  }

  /** A browser context of its own, signed in, at `path` and live. */
  static async open(
    newContext: (options: BrowserContextOptions) => Promise<BrowserContext>,
    server: Server,
    path: string,
    { clock = false, alone = false, patient = false, ownSession = false, ...options }: OpenOptions,
  ): Promise<Dashboard> {
    const context = await newContext({ reducedMotion: 'reduce', ...options })
    if (clock) await context.clock.install()
    if (alone) await context.addInitScript('delete window.SharedWorker')
    if (patient) await context.addInitScript('window.isPatient = true')
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

  /** As a person does, by a one-use link. Answers the cookies that keep the session. */
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

  /** When the element with this id was first in the DOM, in ms of the wall clock; 0 while it was not. */
  firstSeen = (id: string) => this.page.evaluate<number>(`window.firstSeen['${id}'] ?? 0`)
  /** How many fetches of `path` were on their way at once, at most. */
  mostAtOnce = (path: string) => this.page.evaluate<number>(`window.flights['${path}'].most`)

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

  /** Makes the page show a toast, as a change that was refused does. */
  async tell(detail: string) {
    const event = { requestConfig: { verb: 'post' }, xhr: { status: 409, responseText: JSON.stringify({ detail }) } }
    await this.page.evaluate(`document.dispatchEvent(new CustomEvent('htmx:responseError', { detail: ${JSON.stringify(event)} }))`)
  }

  /** How often the page has asked for a URL that `pattern` matches. */
  asked(pattern: RegExp, method = 'GET'): number {
    return this.#requests.filter((request) => request.method() === method && pattern.test(request.url())).length
  }

  /** Resolves when nothing that `pattern` matches is asked for a while, in which both the server and the page come to answer. */
  async settled(pattern: RegExp) {
    const healthz = `http://127.0.0.1:${new URL(this.page.url()).port}/healthz`
    let before: number
    do {
      before = this.asked(pattern)
      await fetch(healthz)
      await pause(QUIET_MS)
      // However busy the machine is: by now the server has had a turn for what it gathers, and then the page for what that sent.
      await fetch(healthz)
      await this.page.evaluate(`fetch('/healthz').then(() => 0)`)
    } while (before !== this.asked(pattern) || [...this.#underWay].some((request) => pattern.test(request.url())))
  }

  /** The HTML of another path, as this browser would get it. */
  html = (path: string) => this.page.evaluate<string>(`fetch(${JSON.stringify(path)}, { headers: { accept: 'text/html' } }).then((answer) => answer.text())`)

  /** The next answer is made at once and held back until it is delivered; `stamp` makes it claim another X-Live-Seq. */
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

  /** Pauses the page, or lets it go on, also where it is behind other tabs and cannot be clicked. */
  hold = () => this.status.evaluate((element) => (element as unknown as { click(): void }).click())

  /** As if the person looked at another tab, or came back. */
  async hide(hidden: boolean) {
    await this.page.evaluate(`
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
      document.dispatchEvent(new Event('visibilitychange'))`)
  }
}
