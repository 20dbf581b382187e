import { describe, expect, test } from 'vitest'
import { newRowsOf } from '../pages/stillness.ts'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open, signIn } = setUp()

const emit = (kind: string, payload: object = {}) => server.api('POST', '/api/events', { kind, payload, source: 'lab' })
const emitAll = (kind: string, many: number) =>
  server.api(
    'POST',
    '/api/events',
    Array.from({ length: many }, (_, n) => ({ kind, payload: { n }, source: 'lab' })),
  )
const kinds = ({ page }: Dashboard) => page.locator('#events .event .event-kind').allTextContents()
const newest = async (reader: Dashboard) => (await kinds(reader))[0]
const scroll = ({ page }: Dashboard, to: number) => page.locator('#events').evaluate((panel, top) => panel.scrollTo(0, top), to)
const leave = ({ page }: Dashboard) => page.mouse.move(1, 1)

test('an event appears by itself, on top, in the log and in a filtered log that it matches', async () => {
  const [all, matching, other] = [await open('/events'), await open('/events?kinds=door.'), await open('/events?q=lamps')]
  await emit('door.opened', { place: 'hall' })
  await eventually(() => newest(all)).toBe('door.opened')
  await eventually(() => newest(matching)).toBe('door.opened')
  await emit('lamp.lit', { place: 'lamps' })
  await eventually(() => newest(all)).toBe('lamp.lit')
  await eventually(() => newest(other)).toBe('lamp.lit')
  expect(await kinds(matching)).toEqual(['door.opened'])
  expect(await kinds(other)).toEqual(['lamp.lit'])
})

describe('new events wait', () => {
  test('while a payload is open, which stays open; they are counted, and come when it is closed', async () => {
    await emit('alarm.set', { at: 'dawn' })
    const reader = await open('/events?kinds=alarm.')
    const row = reader.page.locator('.event', { hasText: 'alarm.set' }).first()
    await row.locator('summary').click()
    await eventually(() => row.locator('pre').textContent()).toBe('{\n  "at": "dawn"\n}')
    await reader.page.locator('.search [name=q]').focus()
    await leave(reader)
    const tops = () => reader.page.locator('.event').evaluateAll((rows) => rows.map((each) => each.getBoundingClientRect().top))
    const before = await tops()
    await emitAll('alarm.rung', 38)
    await eventually(() => newRowsOf(reader)).toBe('38 new, show')
    expect(await newest(reader)).toBe('alarm.set')
    expect(await row.locator('details').getAttribute('open')).not.toBeNull()
    expect(await tops()).toEqual(before)
    await reader.page.locator('new-rows button').click()
    await eventually(() => newest(reader)).toBe('alarm.rung')
    expect(await row.locator('details').getAttribute('open')).not.toBeNull()
    await row.locator('summary').click()
    await reader.page.locator('.search [name=q]').focus()
    await leave(reader)
    await scroll(reader, 0)
    await emit('alarm.stopped')
    await eventually(() => newest(reader)).toBe('alarm.stopped')
  })

  test('while the list is scrolled, and come at its top', async () => {
    await emitAll('fill.up', 60)
    const reader = await open('/events')
    await scroll(reader, 300)
    await emit('late.one')
    await eventually(() => newRowsOf(reader)).toBe('1 new, show')
    expect(await newest(reader)).toBe('fill.up')
    await scroll(reader, 0)
    await eventually(() => newest(reader)).toBe('late.one')
  })

  test('while the page is paused, which says how many, and come when it is resumed', async () => {
    const [reader, other] = [await open('/events'), await open('/events')]
    const before = await newest(reader)
    await reader.page.keyboard.press('p')
    await eventually(() => reader.status.textContent()).toMatch(/Paused/)
    for (let i = 1; i <= 3; i++) {
      await emit(`paused.k${i}`)
      await eventually(() => newest(other)).toBe(`paused.k${i}`)
      await eventually(() => reader.status.textContent()).toMatch(`Paused (${i} new)`)
    }
    expect(await newest(reader)).toBe(before)
    await reader.page.keyboard.press('p')
    await eventually(() => newest(reader)).toBe('paused.k3')
  })
})

test('older events are added below in place', async () => {
  await emitAll('older.ones', 70)
  const reader = await open('/events?kinds=older.')
  await eventually(() => reader.page.locator('.event').count()).toBe(50)
  await reader.page.locator('[data-more]').click()
  await eventually(() => reader.page.locator('.event').count()).toBe(70)
})

test('the keyboard alone reads a payload, copies it and follows its filter', async () => {
  await emit('typed.one', { a: 1 })
  await emit('typed.two', { a: 2 })
  const reader = await open('/events?kinds=typed.', { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = reader
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const row = page.locator('.event', { hasText: 'typed.one' })
  await eventually(() => row.locator('details').getAttribute('open')).not.toBeNull()
  await row.getByRole('button', { name: 'Copy JSON' }).press('Enter')
  await eventually(() => page.locator('#announce').textContent()).toBe('Copied')
  await row.getByRole('link', { name: 'This kind' }).press('Enter')
  await eventually(() => new URL(page.url()).search).toBe('?kinds=typed.one')
  await eventually(() => kinds(reader)).toEqual(['typed.one'])
})

test('a link from before the reference of kinds had its own page leads there', async () => {
  const { page } = await open('/events')
  await page.goto(`${server.url}/events#kind-task-created`)
  await page.reload()
  await eventually(() => page.url()).toBe(`${server.url}/events/kinds#kind-task-created`)
  await eventually(() => page.locator('#kind-task-created').isVisible()).toBe(true)
})

test('without script: the log is filtered by its form, a payload opens, and a link leads to older events', async () => {
  await emitAll('still.here', 60)
  await emit('still.other', { word: 'haystack' })
  const page = await signIn(await server.link())
  await page.goto(`${server.url}/events?kinds=still.`)
  await eventually(() => page.locator('.event').count()).toBe(50)
  await page.locator('.event summary').first().click()
  await eventually(() => page.locator('.event pre').first().textContent()).toContain('haystack')
  await page.getByRole('link', { name: 'Show 50 more' }).click()
  await eventually(() => page.locator('.event').count()).toBe(11)
  await page.locator('.events-head [name=q]').fill('haystack')
  await page.locator('.events-head button').click()
  await eventually(() => page.locator('.event').count()).toBe(1)
  expect(new URL(page.url()).search).toBe('?kinds=still.&q=haystack')
})
