import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'
import { newRowsOf, Shifts } from './stillness.ts'

const { server, open } = setUp()

const make = async (count: number, title: string) => {
  for (let i = 1; i <= count; i++) await server.newTask({ title: `${title} ${i}` })
}
/** The text of the count of new rows, even while the selection bar covers it. */
const waitingIn = ({ page }: Dashboard) => page.locator('new-rows:not([hidden]) [data-words]').allTextContents()
const leave = (page: Page) => page.mouse.move(1, 1)

beforeAll(() => make(60, 'old'))

test('a task created by an HTTP request appears in an open page without a click', async () => {
  const reader = await open()
  await server.api('POST', '/api/tasks', { title: 'by request', command: 'true' })
  await eventually(() => reader.titles().then(([first]) => first)).toBe('by request')
  await eventually(() => waitingIn(reader)).toEqual([])
  await make(3, 'more')
  await eventually(async () => (await reader.titles()).slice(0, 4)).toEqual(['more 3', 'more 2', 'more 1', 'by request'])
  await eventually(() => reader.page.locator('#tasks tbody tr').count()).toBe(50)
})

for (const { reducedMotion, slides } of [
  { reducedMotion: 'no-preference', slides: [150] },
  { reducedMotion: 'reduce', slides: [] },
] as const) {
  test(`new rows ${slides.length > 0 ? 'slide in' : 'do not slide with reduced motion'}, with an edge for a while; nothing beside the rows moves`, async () => {
    const { page } = await open('/tasks', { reducedMotion })
    await page.evaluate(`
      window.animated = { tbody: [], tr: [] }
      const { animate } = Element.prototype
      Element.prototype.animate = function (...of) {
        const animation = animate.apply(this, of)
        animated[this.localName]?.push(animation.effect.getTiming().duration)
        return animation
      }`)
    const tops = () => page.locator('body *:not(#tasks tbody *, .pager, .pager *)').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top))
    const before = await tops()
    const id = await server.newTask({ title: 'slides in' })
    await page.locator(`#tasks tr[data-id="${id}"]`).waitFor()
    expect(await page.evaluate('animated')).toEqual({ tbody: slides, tr: [2000] })
    await eventually(tops).toEqual(before)
    await eventually(() => page.locator(`#tasks tr[data-id="${id}"]`).evaluate((row) => row.getAnimations().length)).toBe(0)
  })
}

test('new workers and events appear too; an event waits while the pointer is in the feed', async () => {
  const [workers, home] = [await open('/workers'), await open('/home')]
  const newest = () => home.page.locator('.feed > li').first().textContent()
  await server.launch('one')
  await eventually(() => workers.page.locator('#workers tbody tr').count()).toBe(1)
  await eventually(newest).toContain('w_1')
  await server.launch('two')
  await eventually(() => workers.page.locator('#workers tbody tr').count()).toBe(2)
  await server.newTask({ title: 'said in the feed' })
  await eventually(newest).toContain('said in the feed')
  await home.page.locator('.feed > li').nth(2).hover()
  await server.newTask({ title: 'said later' })
  await eventually(() => waitingIn(home)).toEqual(['1 new, show'])
  expect(await newest()).toContain('said in the feed')
  await leave(home.page)
  await eventually(newest).toContain('said later')
})

describe('a list that is held', () => {
  const row = ({ page }: Dashboard) => page.locator('#tasks tbody tr').nth(4)
  const holds: { by: string; take(reader: Dashboard): Promise<unknown>; release(reader: Dashboard): Promise<unknown> }[] = [
    { by: 'the pointer', take: (reader) => row(reader).hover(), release: ({ page }) => leave(page) },
    { by: 'the focus', take: (reader) => row(reader).locator('.row-link').focus(), release: ({ page }) => page.locator('.search [name=q]').focus() },
    { by: 'scrolling', take: ({ page }) => page.evaluate('scrollTo(0, 200)'), release: ({ page }) => page.evaluate('scrollTo(0, 0)') },
    {
      by: 'selected text',
      take: ({ page }) => page.evaluate(`getSelection().selectAllChildren(document.querySelector('#tasks .cell-title'))`),
      release: ({ page }) => page.evaluate('getSelection().removeAllRanges()'),
    },
    {
      by: 'a selected row',
      async take(reader) {
        await row(reader).locator('input[type=checkbox]').check()
        await leave(reader.page)
        await reader.page.locator('.search [name=q]').focus()
      },
      async release({ page }) {
        await page.locator('selection-bar [data-clear]').click()
        await page.locator('.search [name=q]').focus()
        await leave(page)
      },
    },
  ]
  for (const { by, take, release } of holds) {
    test(`by ${by} does not move; its new rows are counted, and appear once it is released`, async () => {
      const reader = await open('/tasks', { reducedMotion: 'no-preference' })
      const before = await reader.titles()
      await take(reader)
      const shifts = await Shifts.watch(reader.page)
      await make(3, `while held by ${by}`)
      await eventually(() => waitingIn(reader)).toEqual(['3 new, show'])
      expect(await reader.titles()).toEqual(before)
      expect(await shifts.read()).toEqual({ sum: 0, sources: [] })
      await release(reader)
      await eventually(async () => (await reader.titles())[0]).toBe(`while held by ${by} 3`)
      await eventually(() => waitingIn(reader)).toEqual([])
    })
  }

  test('counts new rows only, when a response holds all older ones as well', async () => {
    for (let i = 1; i <= 55; i++) await server.newTask({ title: `few ${i}`, queue: 'few' })
    const reader = await open('/tasks?q=queue:few')
    await reader.page.evaluate('scrollTo(0, 200)')
    for (let i = 1; i <= 3; i++) {
      await server.newTask({ title: `newer ${i}`, queue: 'few' })
      await eventually(() => newRowsOf(reader)).toBe(`${i} new, show`)
    }
    await eventually(() => reader.page.locator('#tasks [data-more]').count()).toBe(1)
  })

  test('shows its new rows on request', async () => {
    const reader = await open()
    await row(reader).hover()
    await make(3, 'waits')
    await eventually(() => newRowsOf(reader)).toBe('3 new, show')
    await reader.page.locator('new-rows button').click()
    await eventually(async () => (await reader.titles()).slice(0, 3)).toEqual(['waits 3', 'waits 2', 'waits 1'])
    await eventually(() => newRowsOf(reader)).toBeNull()
  })

  for (const width of [1440, 1000, 820]) {
    test(`hides no column's title in a window ${width} pixels wide, however many rows wait`, async () => {
      const reader = await open('/tasks', { viewport: { width, height: 900 } })
      await reader.page.locator('new-rows').evaluate((place) => (place as unknown as { tell(of: object): void }).tell({ waiting: 88_888, gone: 888 }))
      const hidden = await reader.page.evaluate<string[]>(`(() => {
        const rectOf = (node) => { const range = new Range(); range.selectNodeContents(node); return range.getBoundingClientRect() }
        const button = document.querySelector('new-rows button').getBoundingClientRect()
        const titles = [...document.querySelectorAll('table[data-rows] th')].filter((title) => rectOf(title).width > 1)
        if (titles.length < 2 || button.width === 0) return ['nothing to hide']
        const isUnder = ({ left, right, top, bottom }) => right > button.left && left < button.right && bottom > button.top && top < button.bottom
        return titles.filter((title) => isUnder(rectOf(title))).map(({ textContent }) => textContent)
      })()`)
      expect(hidden).toEqual([])
    })
  }

  test('shows at once what its viewer created, and the first row of an empty list', async () => {
    const reader = await open()
    await reader.page.evaluate('scrollTo(0, 200)')
    await server.newTask({ title: 'of somebody else' })
    await eventually(() => newRowsOf(reader)).toBe('1 new, show')
    await reader.page.keyboard.press('c')
    await reader.page.locator('#sheet #task-form').waitFor()
    await reader.sendNewTask({ title: 'of the reader', command: 'true' })
    await eventually(() => reader.titles()).toContain('of the reader')
    expect(await reader.titles()).not.toContain('of somebody else')
    await eventually(() => newRowsOf(reader)).toBe('1 new, show')

    const empty = await open('/tasks?q=queue:first')
    await server.newTask({ title: 'the first of its queue', queue: 'first' })
    await eventually(() => empty.titles()).toEqual(['the first of its queue'])
  })

  test('counts however many come, and the rows that are shown still change', async () => {
    const reader = await open()
    await reader.page.evaluate('scrollTo(0, 200)')
    const [top, bottom] = await Promise.all([0, 49].map((at) => reader.page.locator('#tasks tbody tr').nth(at).getAttribute('data-id')))
    await make(60, 'many')
    await eventually(() => newRowsOf(reader)).toBe('60 new, show')
    await server.api('POST', `/api/tasks/${bottom}/cancel`)
    await eventually(() => reader.row(bottom as string).textContent()).toMatch(/cancelled/i)
    await eventually(() => reader.page.locator('#tasks tbody tr').first().getAttribute('data-id')).toBe(top)
    await eventually(() => reader.page.locator('#tasks tbody tr').count()).toBe(50)
  })
})
