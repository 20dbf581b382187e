import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright'
import { launch } from '../../e2e/support/browser.ts'
import { removeFolder, type Server, serve, temporaryFolder } from '../crash/server.ts'
import { isLive, timeOf, watchMarks } from './support/marks.js'
import { Child, percentile } from './support/process.ts'

export const question = `How soon does a page in Chromium show a change, as a row or in its count of new rows, with 1,000 other pages connected?
A task in its list, from the POST and from its response (the COMMIT); an event of another process in the feed of Home.
(Aims: p95 under 50 ms from COMMIT, p99 under 100 ms from emit.)`

const SUBSCRIBERS = 1_000
const CHANGES = 100
/** Longer than a flush; jitter keeps it out of step. */
const PAUSE_MS = 120

/** Never repeated, as a page may still show earlier changes. */
let marks = 0

export async function measure() {
  const data = join(temporaryFolder(), 'data')
  const server = await serve(data, '--max-streams', String(SUBSCRIBERS))
  const [readers, emitter, browser] = [await Child.start('readers.ts'), await Child.start('emitter.ts'), await launch()]
  try {
    const { body } = await server.client.call<{ item: { token: string } }>('POST', '/api/tokens', { name: 'bench', role: 'viewer' })
    const headers = { authorization: `Bearer ${body.item.token}` }
    await readers.call('open', { port: Number(new URL(server.url).port), path: '/ui/stream', headers, count: SUBSCRIBERS })
    await emitter.call('connect', data)
    const page = await browser.newPage()
    const { url } = (await server.client.call<{ url: string }>('POST', '/api/sign-in-links')).body
    await page.goto(url)
    await page.waitForURL((url) => url.pathname !== '/in')
    const tasks = await shown(page, new URL('/tasks', url).href, (mark) => task(server, mark))
    const events = await shown(page, new URL('/home', url).href, async (mark) => [await emitter.call<number>('emit', mark)])
    return [
      row(
        'task: POST to DOM',
        tasks.map(([began]) => began as number),
      ),
      row(
        'task: COMMIT to DOM',
        tasks.map(([, committed]) => committed as number),
      ),
      row(
        'emit in another process to DOM',
        events.map(([began]) => began as number),
      ),
    ]
  } finally {
    await browser.close()
    for (const child of [readers, emitter]) child.stop()
    await server.end('SIGTERM')
    removeFolder(join(data, '..'))
  }
}

async function task({ client }: Server, mark: string): Promise<number[]> {
  const began = wallClock()
  await client.call('POST', '/api/tasks', { title: mark, command: 'true' })
  return [began, wallClock()]
}

/** Makes changes, and returns how long after each of their own times the page showed them. */
async function shown(page: Page, url: string, change: (mark: string) => Promise<number[]>): Promise<number[][]> {
  await page.goto(url)
  await page.waitForFunction(isLive)
  await page.evaluate(watchMarks)
  const times: number[][] = []
  for (let i = 0; i < CHANGES; i++) {
    const mark = `mark-${marks++}-`
    const since = await change(mark)
    const handle = await page.waitForFunction(timeOf, mark, { timeout: 10_000 })
    const at = (await handle.jsonValue()) as number
    times.push(since.map((began) => at - began))
    await pause(PAUSE_MS * (0.5 + Math.random()))
  }
  return times
}

const wallClock = () => performance.timeOrigin + performance.now()

function row(what: string, times: readonly number[]) {
  const ms = (percent: number) => percentile(times, percent).toFixed(1)
  return { what, 'p50 ms': ms(50), 'p95 ms': ms(95), 'p99 ms': ms(99), changes: times.length, 'other pages': SUBSCRIBERS }
}
