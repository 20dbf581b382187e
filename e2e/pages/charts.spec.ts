import { buildSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { exact, relative } from '../../views/ui/time.tsx'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const HOUR = 3_600_000
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham']

const { server, open } = setUp({ workers: 1 })

describe('times', () => {
  test('the script formats times exactly as the server does, over many instants and zones', async () => {
    const reader = await open()
    const now = Date.parse('2026-03-29T12:00:00Z')
    const instants = Array.from({ length: 400 }, (_, i) => now + 90_000 - Math.round(1.07 ** i % (900 * 24 * HOUR)) * 1000)
    const clock = buildSync({ entryPoints: ['public/js/words/clock.js'], bundle: true, globalName: 'clock', write: false }).outputFiles[0]?.text
    const script = `(({ now, instants, zones }) => zones.flatMap((zone) => instants.flatMap((at) => [clock.relative(at, now, zone), clock.exact(at, zone)])))`
    const written = await reader.page.evaluate<string[]>(`${clock};${script}(${JSON.stringify({ now, instants, zones: ZONES })})`)
    expect(written).toEqual(ZONES.flatMap((zone) => instants.flatMap((at) => [relative(at, now, zone), exact(at, zone)])))
    expect(new Set(written).size).toBeGreaterThan(500)
  })

  test('from the second page on they arrive in the browser’s zone', async () => {
    const id = await server.newTask({ title: 'timed' })
    const reader = await open('/home', { timezoneId: 'Asia/Kolkata' })
    await reader.page.goto(`${server.url}/tasks/${id}`)
    const html = await reader.html(`/ui/tasks/${id}`)
    const [, iso = '', text] = /<time datetime="([^"]+)" data-exact>([^<]+)</.exec(html) ?? []
    expect(text).toBe(exact(Date.parse(iso), 'Asia/Kolkata'))
    await eventually(() => reader.page.locator('time[data-exact]').first().textContent()).toBe(text)
  })

  test('the tooltip of a time shows the instant locally, in UTC and as ISO, and a refresh leaves it', async () => {
    const reader = await open('/hub', { timezoneId: 'Asia/Kolkata' })
    const time = reader.page.locator('time[data-exact]').first()
    await time.hover()
    const words = / Asia\/(Kolkata|Calcutta) · \d\d:\d\d:\d\d UTC · \d{4}-.*Z$/
    await eventually(() => time.getAttribute('title').then(String)).toMatch(words)
    const asked = reader.asked(/\/ui\/hub/)
    await eventually(() => reader.asked(/\/ui\/hub/)).toBeGreaterThan(asked)
    await reader.settled(/\/ui\/hub/)
    expect(await time.getAttribute('title').then(String)).toMatch(words)
    await reader.page.mouse.move(0, 0)
    await eventually(() => time.getAttribute('title')).toBeNull()
  })

  test('a clock ticks each second, but not in a hidden page', async () => {
    const id = await server.newTask({ title: 'just made' })
    const reader = await open('/tasks', { clock: true })
    const time = reader.row(id).locator('time[data-relative]').first()
    const before = await time.textContent()
    await reader.windOn(5000)
    await eventually(() => time.textContent()).not.toBe(before)
    await reader.hide(true)
    const still = await time.textContent()
    await reader.windOn(60_000)
    await eventually(() => time.textContent()).toBe(still)
    await reader.hide(false)
    await eventually(() => time.textContent()).not.toBe(still)
  })
})

test('a queue’s page shows its throughput live, and its numbers link to the tasks', async () => {
  await server.newTask({ title: 'first', queue: 'post' })
  const reader = await open('/queues/post?range=6h')
  const created = reader.page.locator('#queue-done .chart-legend a', { hasText: 'Created' })
  await eventually(() => created.textContent()).toMatch(/Created 1/)
  await reader.page.locator('#queue-done-numbers > summary').click()
  await server.newTask({ title: 'second', queue: 'post' })
  await eventually(() => created.textContent()).toMatch(/Created 2/)
  await eventually(() => reader.page.locator('#queue-done-numbers').getAttribute('open')).not.toBeNull()
  const counts = await reader.page.locator('#queue-done-numbers tbody td:last-child').allTextContents()
  expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(2)
  await created.click()
  await eventually(() => reader.titles()).toHaveLength(2)
})

test('at 390 px no chart makes the page scroll sideways', async () => {
  const id = await server.newTask({ title: 'twice' })
  await server.newTask({ title: 'twice' })
  const reader = await open('/queues', { viewport: { width: 390, height: 844 } })
  for (const path of ['/queues', '/queues/default?range=7d', `/tasks/${id}`, '/workers/w_1?range=24h']) {
    await reader.page.goto(server.url + path)
    expect(await reader.page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390)
  }
})

test('arrow keys move along a strip of runs, which is one tab stop', async () => {
  for (let i = 0; i < 4; i++) await server.newTask({ title: 'again' })
  const id = await server.newTask({ title: 'again' })
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const reader = await open(`/tasks/${id}`)
  const ticks = reader.page.locator('run-strip .tick')
  await eventually(() => ticks.count()).toBe(5)
  const focused = () => reader.page.evaluate<number>(`[...document.querySelectorAll('run-strip .tick')].indexOf(document.activeElement)`)
  await ticks.last().focus()
  await reader.page.keyboard.press('ArrowLeft')
  await eventually(() => focused()).toBe(3)
  await reader.page.keyboard.press('Home')
  await eventually(() => focused()).toBe(0)
  await eventually(() => reader.page.locator('run-strip .tick[tabindex="0"]').count()).toBe(1)
  const href = await ticks.first().getAttribute('href')
  await reader.page.keyboard.press('Enter')
  await reader.page.waitForURL(`**${href}`)
  expect(reader.page.url()).not.toContain(id)
})

test('a task links to the next one in the list that the viewer came from', async () => {
  const ids = []
  for (const queue of ['walk', 'other', 'walk']) ids.push(await server.newTask({ title: `in ${queue}`, queue }))
  const reader = await open('/tasks?q=queue%3Awalk')
  await reader
    .row(ids[2] as string)
    .locator('a.row-link')
    .click()
  await reader.page.locator('a[data-key="j"]').click()
  await reader.page.waitForURL(`**/tasks/${ids[0]}?from=**`)
  await reader.page.locator('a[data-key="k"]').click()
  await reader.page.waitForURL(`**/tasks/${ids[2]}?from=**`)
})
