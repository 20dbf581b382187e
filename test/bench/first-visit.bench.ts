import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { launch } from '../../e2e/support/browser.ts'
import { removeFolder, serve, temporaryFolder } from '../crash/server.ts'

export const question = `How much does a first visit to /tasks send over the wire, and a repeated one? Compressed bytes with headers, and requests,
without streams. (Aims: at most 60 kB in 12 requests, then less than 10 kB.)`

/** A page without requests for this long is complete. */
const QUIET_MS = 500

export async function measure() {
  const data = join(temporaryFolder(), 'data')
  const server = await serve(data)
  const browser = await launch()
  try {
    for (let i = 0; i < 30; i++) await server.client.call('POST', '/api/tasks', { title: `Back up host ${i}`, command: 'true' })
    const link = (await server.client.call<{ url: string }>('POST', '/api/sign-in-links')).body.url
    return await visits(browser, link, new URL('/tasks', link).href)
  } finally {
    await browser.close()
    await server.end('SIGTERM')
    removeFolder(join(data, '..'))
  }
}

/** Signs in with one cache, and visits with an empty one. */
async function visits(browser: Browser, link: string, url: string) {
  const signIn = await browser.newContext()
  const door = await signIn.newPage()
  await door.goto(link)
  await door.waitForURL((url) => url.pathname !== '/in')
  const context = await browser.newContext({ storageState: await signIn.storageState() })
  const page = await context.newPage()
  return [
    { visit: 'first', ...(await visit(page, url)) },
    { visit: 'repeated', ...(await visit(page, url)) },
  ]
}

async function visit(page: Page, url: string) {
  const session = await page.context().newCDPSession(page)
  const requests = new Map<string, { type: string; bytes: number }>()
  await session.send('Network.enable')
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (response.fromDiskCache || response.mimeType === 'text/event-stream') return
    requests.set(requestId, { type, bytes: 0 })
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId)
    if (request) request.bytes = encodedDataLength
  })
  await page.goto(url)
  await page.waitForTimeout(QUIET_MS)
  await session.detach()
  const all = [...requests.values()].filter(({ bytes }) => bytes > 0)
  const kB = (types: string[]) =>
    (all.filter(({ type }) => types.length === 0 || types.includes(type)).reduce((sum, { bytes }) => sum + bytes, 0) / 1000).toFixed(1)
  return { requests: all.length, kB: kB([]), HTML: kB(['Document']), CSS: kB(['Stylesheet']), JavaScript: kB(['Script']), partials: kB(['XHR', 'Fetch']) }
}
