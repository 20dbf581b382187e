import { describe, expect, test } from 'vitest'
import { answerTo, BACK_MS, type Dashboard, DEADLINE_MS, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'
import { endSharedWorker } from './shared-worker.ts'

/** A browser's limit for one host over HTTP/1.1. */
const MOST_CONNECTIONS = 6

const { server, open } = setUp()

const tabsOf = async (first: Dashboard, count: number) => {
  const tabs = [first]
  while (tabs.length < count) tabs.push(await first.tab())
  return tabs
}
const shows = (tabs: readonly Dashboard[], id: string, timeout = DEADLINE_MS) => Promise.all(tabs.map((tab) => tab.row(id).waitFor({ timeout })))

describe('many tabs of one browser', () => {
  test('hang at the seventh without a SharedWorker', async () => {
    const tabs = await tabsOf(await open('/tasks', { alone: true }), MOST_CONNECTIONS)
    await eventually(() => server.streams()).toBe(MOST_CONNECTIONS)
    const seventh = await (tabs[0] as Dashboard).page.context().newPage()
    await expect(seventh.goto(`${server.url}/tasks`, { timeout: 2000 })).rejects.toThrow(/Timeout/)
  })

  test('do not hang, because hidden ones close their stream; one resumes when it is visible', async () => {
    const first = await open('/tasks', { alone: true, clock: true })
    const tabs = await tabsOf(first, MOST_CONNECTIONS)
    for (const tab of tabs.slice(1)) await tab.hide(true)
    // Their clock also runs by itself, and hiding them all may take seconds.
    await first.windOn(3000)
    await eventually(() => server.streams()).toBe(MOST_CONNECTIONS)
    await first.windOn(7500)
    await eventually(() => server.streams()).toBe(1)
    const seventh = await first.tab()
    const id = await server.newTask({ title: 'while they were hidden' })
    await shows([first, seventh], id)
    const last = tabs.at(-1) as Dashboard
    await eventually(() => last.row(id).count()).toBe(0)
    await last.hide(false)
    await shows([last], id)
    expect(last.asked(PARTIAL)).toBe(1)
    await eventually(() => server.streams()).toBe(3)
  })
})

test('five tabs outlive kill -9 of the server on one connection, and miss nothing', async () => {
  const tabs = await tabsOf(await open(), 5)
  await server.down('SIGKILL')
  await Promise.all(tabs.map((tab) => eventually(() => tab.status.textContent()).toMatch(/Reconnecting/)))
  await server.up()
  const id = await server.newTask({ title: 'made before they were back' })
  await shows(tabs, id, BACK_MS)
  await Promise.all(tabs.map((tab) => tab.isLive(BACK_MS)))
  await eventually(() => server.streams()).toBe(1)
  await shows(tabs, await server.newTask({ title: 'made after' }))
})

test('a tab receives only what is newer than its page', async () => {
  const first = await open()
  await shows([first], await server.newTask({ title: 'before the second tab' }))
  const second = await first.tab()
  await second.settled(PARTIAL)
  expect(second.asked(PARTIAL)).toBe(0)

  // As it comes out of the back-forward cache.
  await second.page.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`)
  const id = await server.newTask({ title: 'while it was away' })
  await shows([first], id)
  await eventually(() => second.row(id).count()).toBe(0)
  await second.page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`)
  await shows([second], id)
  expect(second.asked(PARTIAL)).toBe(1)
  await eventually(() => server.streams()).toBe(1)
})

test('two tabs on two tasks both see their log grow, over one connection', async () => {
  await server.launch('talks', 2)
  const gates = ['one', 'two'].map((name) => ({ name, ...server.gate(name) }))
  const start = (gate: (typeof gates)[number] | undefined) =>
    server.newTask({ title: `${gate?.name}`, queue: 'talks', command: `echo ${gate?.name} begins; ${gate?.wait}; echo ${gate?.name} grew` })
  const first = await open(`/tasks/${await start(gates[0])}`)
  const second = await first.tab(`/tasks/${await start(gates[1])}`)
  const log = (tab: Dashboard) => tab.page.locator('log-view .log').textContent()
  await eventually(() => log(first)).toContain('one begins')
  await eventually(() => log(second)).toContain('two begins')
  await eventually(() => server.streams()).toBe(1)
  for (const gate of gates) gate.open()
  await eventually(() => log(first)).toContain('one grew')
  await eventually(() => log(second)).toContain('two grew')
  await eventually(() => first.page.locator('#main').textContent()).toMatch(/succeeded/i)
})

test('a tab that was dropped while frozen is informed, and connects again', async () => {
  const reader = await open()
  const answers = await reader.page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: runs in the page, where the DOM is.
    const { document, location, SharedWorker } = globalThis as any
    const url = (since: string) => `${location.origin}/ui/stream?since=${since}`
    const { port } = new SharedWorker(`/assets/${document.querySelector('meta[name=build]').content}/js/live-worker.js`, { type: 'module' })
    const answer = (type: string, since: string) =>
      new Promise<unknown>((resolve) => {
        port.onmessage = ({ data }: { data: { type: string; name?: string; data: string } }) => resolve(data.name ? JSON.parse(data.data).resumed : data.type)
        port.postMessage({ type, url: url(since) })
      })
    const mine = document.querySelector('meta[name=live]').content
    return [await answer('here', mine), await answer('join', mine), await answer('join', '1.elsewhere')]
  })
  expect(answers).toEqual(['gone', true, false])
  await eventually(() => server.streams()).toBe(1)
})

test('a page whose own build of the worker is gone holds a stream of its own', async () => {
  const reader = await open()
  await reader.page.route(
    '**/tasks',
    async (route) => {
      const answer = await answerTo(route)
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/(<meta name="build" content=")[^"]*/, '$1goneAndAway_') })
    },
    { times: 1 },
  )
  const before = reader.asked(/\/ui\/stream/)
  await reader.page.goto(`${server.url}/tasks`)
  await reader.isLive()
  expect(reader.asked(/\/ui\/stream/) - before).toBe(1)
  await shows([reader], await server.newTask({ title: 'seen by a page of old' }))
})

test('a sign-out in one tab ends the stream, and the other shows it', async () => {
  const [first, second] = (await tabsOf(await open('/tasks', { ownSession: true }), 2)) as [Dashboard, Dashboard]
  await first.page.locator('details.user > summary').click()
  await first.page.getByRole('button', { name: 'Sign out' }).click()
  await first.page.waitForURL('**/in')
  await eventually(() => second.page.locator('[data-toasts]').textContent()).toMatch(/signed out/)
  await eventually(() => server.streams()).toBe(0)
})

test('a worker that has died is replaced', async () => {
  const reader = await open('/tasks', { clock: true })
  await endSharedWorker(reader)
  await eventually(() => server.streams()).toBe(0)
  const id = await server.newTask({ title: 'told by no one' })
  await reader.windOn(40_000)
  await eventually(() => reader.row(id).count()).toBe(0)
  await reader.windOn(10_000)
  await shows([reader], id)
  await eventually(() => server.streams()).toBe(1)
})
