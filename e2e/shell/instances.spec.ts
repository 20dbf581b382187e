import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tunnel } from '../../test/support/tunnel.ts'
import { DEADLINE_MS, eventually } from '../support/dashboard.ts'
import { Server } from '../support/server.ts'
import { oneBrowser } from '../support/set-up.ts'

const SESSION = '__Host-telltale'

let browser: Browser
let ours: Server
let other: Server

beforeAll(async () => {
  ;[browser, ours, other] = await Promise.all([oneBrowser(), Server.start({ workers: 1 }), Server.start()])
})
afterAll(async () => {
  await browser.close()
  await Promise.all([ours.stop(), other.stop()])
})

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext()
  context.setDefaultTimeout(DEADLINE_MS)
  onTestFinished(() => context.close())
  return context
}

/** Opens a sign-in link and returns the path and fragment that it leads to. */
async function signIn(context: BrowserContext, server: Server): Promise<string> {
  const page = await context.newPage()
  await page.goto(await server.link())
  await page.waitForURL((url) => url.pathname !== '/in' && url.pathname !== '/')
  return page.url().slice(new URL(page.url()).origin.length)
}

/** An unrelated server; `cookies` are what browsers sent to it. */
async function neighbour(html: string) {
  const cookies: string[] = []
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '')
    response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'neighbour=1' }).end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { cookies, urls: [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`] as const }
}

test('a sign-in returns to the line of a log that was opened before it, even by another host name', async () => {
  const id = await ours.newTask({ title: 'three lines', command: 'seq 3' })
  await expect.poll(() => ours.stateOf(id)).toBe('succeeded')
  const context = await newContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${new URL(ours.url).port}/tasks/${id}#L3`)
  expect(page.url()).toBe(`${ours.url}/in#L3`)
  expect(await signIn(context, ours)).toBe(`/tasks/${id}#L3`)
  await context.pages()[1]?.locator('#L3:target').waitFor()
})

test('through a tunnel on another port, a browser signs in and receives changes', async () => {
  const port = await tunnel(Number(new URL(ours.url).port))
  const context = await newContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${port}/tasks`)
  const { hostname } = new URL(ours.url)
  expect(page.url()).toBe(`http://${hostname}:${port}/in`)
  // The link names the server's own port, which is not open here: its code is pasted.
  await page.locator('[name=code]').fill(await ours.link())
  await page.locator('form:has([name=code]) button').click()
  await page.waitForURL(`http://${hostname}:${port}/tasks`)
  await page.locator('#event-bus-status[data-state=live]').waitFor()
  await page.locator('.topbar-new').click()
  await page.locator('#task-form [name=title]').fill('by the tunnel')
  await page.locator('#task-form [name=command]').fill('true')
  await page.locator('#task-form button[type=submit]').last().click()
  await page.locator('#tasks tbody a', { hasText: 'by the tunnel' }).waitFor()
})

test('two instances keep their sessions apart, and no other server of the machine receives either', async () => {
  const context = await newContext()
  await signIn(context, ours)
  await signIn(context, other)
  const page = await context.newPage()
  const sent: (string | undefined)[] = []
  for (const server of [ours, other]) {
    const answer = await page.goto(`${server.url}/tasks`)
    expect([answer?.status(), page.url()]).toEqual([200, `${server.url}/tasks`])
    sent.push((await answer?.request().allHeaders())?.cookie?.match(/__Host-telltale=[^;]+/g)?.join())
  }
  const kept = (await context.cookies()).filter(({ name }) => name === SESSION).map(({ name, value }) => `${name}=${value}`)
  expect(kept).toEqual(sent)
  expect(new Set(kept).size).toBe(2)

  const { cookies, urls } = await neighbour('')
  for (const url of [...urls, ...urls]) await page.goto(url)
  expect(cookies.join()).not.toContain('telltale')
  // The control: each name receives its own cookie.
  expect(cookies.filter((cookie) => cookie.includes('neighbour=1')).length).toBeGreaterThanOrEqual(urls.length)
})

test('a sign-in does not return to a form that another site opened, and no link fills in a command', async () => {
  const wanted = `${ours.url}/tasks/new?command=curl+evil.test&title=Weekly+report`
  const { urls } = await neighbour(`<a href="${wanted}">a prize</a>`)
  const context = await newContext()
  const page = await context.newPage()
  await page.goto(urls[1])
  await page.locator('a').click()
  await page.waitForURL(`${ours.url}/in`)
  expect(await signIn(context, ours)).toBe('/home')
  await page.goto(urls[1])
  await page.locator('a').click()
  await page.waitForURL((url) => url.origin === ours.url)
  await eventually(() => page.locator('body').innerHTML()).not.toContain('evil.test')
  // The control: opened by hand, the same URL does fill in the title.
  await page.goto(wanted)
  await eventually(() => page.locator('#task-form [name=title]').inputValue()).toBe('Weekly report')
  await eventually(() => page.locator('#task-form [name=command]').inputValue()).toBe('')
})
