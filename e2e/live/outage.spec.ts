import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { BACK_MS, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'
import { endSharedWorker, windSharedWorkerOn } from './shared-worker.ts'

const STREAM = /\/ui\/stream/

const { server, open } = setUp()

test('a page outlives kill -9 of the server, keeps what was typed, and catches up by itself', async () => {
  const reader = await open()
  await reader.openNewTask()
  const title = reader.page.locator('#task-form [name=title]')
  await title.fill('half a title')
  await reader.page.evaluate('window.sameDocument = true')

  await server.down('SIGKILL')
  await eventually(() => reader.status.textContent()).toMatch(/Reconnecting/)
  await reader.sendNewTask({ title: 'sent into the void', command: 'true' })
  await eventually(() => reader.page.locator('[data-toasts]').textContent()).toMatch(/Not sent/)
  await eventually(() => title.inputValue()).toBe('sent into the void')

  await server.up()
  const id = await server.newTask({ title: 'made before the page was back' })
  await reader.row(id).waitFor({ timeout: BACK_MS })
  await reader.isLive(BACK_MS)
  await eventually(() => reader.page.evaluate<boolean>('window.sameDocument')).toBe(true)
  await eventually(() => title.inputValue()).toBe('sent into the void')
  await eventually(() => server.streams()).toBe(1)
})

test('it polls every ten seconds while the stream is down, shows since when, and stops when it is back', async () => {
  const reader = await open('/tasks', { clock: true, alone: true })
  await reader.settled(PARTIAL)
  const before = reader.asked(PARTIAL)
  const refuse = await reader.refuseStream(503)
  await eventually(() => refuse.count).toBeGreaterThan(0)
  const id = await server.newTask({ title: 'seen by asking' })
  await eventually(() => reader.row(id).count()).toBe(0)

  await reader.windOn(10_500)
  await reader.row(id).waitFor()
  await eventually(() => reader.status.textContent()).toMatch(/Offline since \d\d:\d\d:\d\d, showing last known/)
  await reader.settled(PARTIAL)
  expect(reader.asked(PARTIAL) - before).toBe(1)
  await reader.windOn(10_500)
  await eventually(() => reader.asked(PARTIAL) - before).toBe(2)
  await reader.settled(PARTIAL)

  await refuse.end()
  await reader.windOn(30_500)
  await reader.isLive()
  await eventually(() => reader.asked(PARTIAL) - before).toBeGreaterThanOrEqual(3) // the last poll, which fell due with the next attempt
  await reader.settled(PARTIAL)
  const after = reader.asked(PARTIAL)
  await reader.windOn(10_500)
  await reader.windOn(10_500)
  await reader.settled(PARTIAL)
  expect(reader.asked(PARTIAL)).toBe(after)
})

test('a stream without a byte for two and a half pings is closed; one that only has no events is not', async () => {
  const reader = await open('/tasks', { clock: true, alone: true })
  const opened = reader.asked(STREAM)
  await reader.windOn(30_000)
  await reader.settled(STREAM)
  expect(reader.asked(STREAM)).toBe(opened)
  await reader.windOn(10_000)
  await eventually(async () => {
    if (reader.asked(STREAM) === opened) await reader.windOn(500)
    return reader.asked(STREAM)
  }).toBe(opened + 1)
  await reader.isLive()
  await eventually(() => server.streams()).toBe(1)
})

describe('a server that is frozen, with its connections open', () => {
  afterEach(() => server.thaw())

  test('is dropped by the shared worker, which informs the page; after it thaws nothing is missed', async () => {
    const reader = await open('/tasks', { clock: true })
    server.freeze()
    const made = server.newTask({ title: 'made as it thawed' })
    // Both have received nothing for forty seconds, and the page checks first.
    await windSharedWorkerOn(reader, 35_000)
    await reader.windOn(40_000)
    await windSharedWorkerOn(reader, 5_000)
    await eventually(() => reader.status.textContent()).toBe('Reconnecting')
    await reader.windOn(10_000)
    await eventually(() => reader.status.textContent()).toMatch(/Offline since \d\d:\d\d:\d\d, showing last known/)

    server.thaw()
    await reader.row(await made).waitFor({ timeout: BACK_MS })
    await reader.isLive(BACK_MS)
    await eventually(() => server.streams()).toBe(1)
    await reader.row(await server.newTask({ title: 'made after' })).waitFor()
  })

  test('is also reported as lost by a page whose worker has died', async () => {
    const reader = await open('/tasks', { clock: true })
    await endSharedWorker(reader)
    await eventually(() => server.streams()).toBe(0)
    server.freeze()
    await reader.windOn(50_000)
    await eventually(() => reader.status.textContent()).toBe('Reconnecting')
    server.thaw()
    await reader.isLive(BACK_MS)
  })

  test('is called again when it accepted a call but did not respond for ten seconds', async () => {
    const reader = await open('/tasks', { clock: true, alone: true })
    server.freeze()
    await reader.page.evaluate('dispatchEvent(new Event("online"))')
    await eventually(() => reader.asked(STREAM)).toBeGreaterThan(0)
    const before = reader.asked(STREAM)
    await reader.windOn(11_000)
    await eventually(() => reader.asked(STREAM)).toBeGreaterThan(before)
    await eventually(() => reader.status.textContent()).toBe('Reconnecting')
    server.thaw()
    await reader.isLive(BACK_MS)
  })
})

test('a slow request is shown as being sent, and one without a known outcome stays reported until closed', async () => {
  const reader = await open('/tasks', { clock: true, alone: true })
  const { page } = reader
  const look = () =>
    page.evaluate<string[]>(`(() => {
      const button = [...document.querySelectorAll('#task-form button[type=submit]')].at(-1)
      return [button.ariaBusy ?? '', getComputedStyle(button, '::after').content]
    })()`)
  await reader.tell('in passing')
  await reader.openNewTask()
  const asked = Promise.withResolvers<void>()
  await page.route('**/api/tasks', () => asked.resolve(), { times: 1 })
  await page.evaluate(`(() => {
    const { send } = XMLHttpRequest.prototype
    XMLHttpRequest.prototype.send = function (...of) {
      window.sent = this
      this.timeout = 0
      return send.apply(this, of)
    }
  })()`)
  await reader.sendNewTask({ title: 'nobody knows', command: 'true' })
  await asked.promise
  await reader.windOn(1100)
  await eventually(look).toEqual(['true', '"Sending…"'])

  await page.evaluate('sent.timeout = 1')
  const toasts = () => page.locator('[data-toasts] .toast-words').allTextContents()
  await eventually(toasts).toContainEqual(expect.stringMatching(/^No answer came in time/))
  await eventually(look).toEqual(['', 'none'])
  for (let i = 0; i < 3; i++) await reader.windOn(7000)
  await eventually(toasts).toEqual([expect.stringMatching(/^No answer came in time/)])
  await page.locator('[data-toasts]').getByRole('button', { name: 'Close', exact: true }).click()
  await eventually(() => toasts()).toEqual([])
})

test('a page that is refused repeatedly reconnects with its last cursor, and fetches only what changed', async () => {
  const reader = await open('/tasks', { alone: true })
  const rendered = await reader.page.locator('meta[name=live]').getAttribute('content')
  await reader.row(await server.newTask({ title: 'moves the cursor' })).waitFor()
  await reader.settled(/\/ui\/(tasks|nav)/)
  const { epoch, seq } = (await server.api('GET', '/api/hub')).json
  const [tasks, nav] = [reader.asked(PARTIAL), reader.asked(/\/ui\/nav/)]

  const cursors: (string | null)[] = []
  reader.page.on('request', (request) => STREAM.test(request.url()) && cursors.push(new URL(request.url()).searchParams.get('since')))
  const refuse = await reader.refuseStream(503)
  await eventually(() => refuse.count, BACK_MS).toBeGreaterThanOrEqual(3)
  await refuse.end()
  await reader.isLive(BACK_MS)
  await reader.settled(/\/ui\/(tasks|nav)/)
  expect(rendered).not.toBe(`${seq}.${epoch}`)
  expect(new Set(cursors)).toEqual(new Set([`${seq}.${epoch}`]))
  expect([reader.asked(PARTIAL), reader.asked(/\/ui\/nav/)]).toEqual([tasks, nav])
})

for (const { epoch, fetches, title } of [
  { epoch: 'another1', fetches: 1, title: 'a log that was started over makes every tab fetch all that it shows, once' },
  { epoch: undefined, fetches: 0, title: 'and one that went on makes none fetch anything' },
]) {
  test(title, async () => {
    const first = await open()
    const tabs = [first, await first.tab()]
    await server.down('SIGKILL')
    await Promise.all(tabs.map((tab) => eventually(() => tab.status.textContent()).toMatch(/Reconnecting/)))
    // A page that is paused does not poll, however long the start takes.
    for (const tab of tabs) await tab.hold()
    if (epoch) {
      const file = new Database(join(server.data, 'telltale.db'))
      file.prepare(`UPDATE meta SET value = ? WHERE key = 'epoch'`).run(epoch)
      file.close()
    }
    await server.up()
    await eventually(() => server.streams(), BACK_MS).toBe(1)
    for (const tab of tabs) {
      await tab.settled(PARTIAL)
      await tab.hold()
    }
    await Promise.all(tabs.map((tab) => tab.isLive(BACK_MS)))
    for (const tab of tabs) {
      await tab.settled(/\/ui\/(tasks|nav)/)
      expect([tab.asked(PARTIAL), tab.asked(/\/ui\/nav/)]).toEqual([fetches, fetches])
    }
    const id = await server.newTask({ title: 'after that' })
    await Promise.all(tabs.map((tab) => tab.row(id).waitFor()))
  })
}
