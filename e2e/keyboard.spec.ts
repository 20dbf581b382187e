import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { eventually } from './support/dashboard.ts'
import { pages, stage } from './support/scenes.ts'
import { setUp } from './support/set-up.ts'

/** More presses of Tab than any page has stops, and no more than a person would bear to a thing of this page. */
const MOST_STOPS = 250
const MOST_PRESSES = 60

const { server, open } = setUp({ workers: 1, flags: ['--undo-seconds', '600'], viewport: { width: 1280, height: 720 } })
beforeAll(() => stage(server, 'few'))

const pathOf = (page: Page) => new URL(page.url()).pathname
const where = (page: Page) => page.evaluate<Stop | null>(STOP)

interface Stop {
  /** What it is called, as far as one can read it. */
  name: string
  faults: string[]
}

/** Where the focus is, and why one would not see it there. */
const STOP = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const name = (element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || element.placeholder || element.className).trim().replace(/\\s+/g, ' ').slice(0, 60)
  const faults = []
  const ring = [getComputedStyle(element), getComputedStyle(element, '::after'), element.closest('label') && getComputedStyle(element.closest('label'))]
  if (!ring.some((style) => style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)) faults.push('has no ring')
  const box = element.getBoundingClientRect()
  if (box.width < 2 || box.height < 2) faults.push('has no size')
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push('is out of sight')
  const [x, y] = [Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 1), innerHeight - 2)]
  const over = document.elementFromPoint(x, y)
  if (over && !element.contains(over) && !over.contains(element)) faults.push('is covered by ' + over.tagName + '.' + over.className)
  return { name, faults }
})()`

/** Presses Tab until the focus is on what is called so. */
async function tabTo(page: Page, name: RegExp, key = 'Tab') {
  const passed: string[] = []
  for (let i = 0; i < MOST_PRESSES; i++) {
    await page.keyboard.press(key)
    const stop = await where(page)
    if (stop && name.test(stop.name)) {
      expect(stop).toEqual({ name: stop.name, faults: [] })
      return
    }
    passed.push(stop?.name ?? '(nothing)')
  }
  throw new Error(`${name} is not among ${passed.join(' | ')}`)
}

/** Presses the key until the focus leaves the page. */
async function walk(page: Page, key: 'Tab' | 'Shift+Tab') {
  const faults: string[] = []
  let stops = 0
  for (; stops < MOST_STOPS; stops++) {
    await page.keyboard.press(key)
    const stop = await where(page)
    if (!stop) break
    for (const fault of stop.faults) faults.push(`“${stop.name}” ${fault}`)
  }
  return { stops, faults }
}

/** The focus comes to rest on what is called so, where one sees it. */
const isAt = (page: Page, name: string) => eventually(() => where(page)).toEqual({ name, faults: [] })

describe('the focus', () => {
  test.each([
    { width: 1280, height: 720 },
    { width: 640, height: 360 },
  ])('is seen at every stop of every page, there and back, in a window of %o, and comes out at both ends', async (viewport) => {
    const { page } = await open()
    await page.setViewportSize(viewport)
    const faults: string[] = []
    for (const path of pages('few')) {
      await page.goto(server.url + path)
      const there = await walk(page, 'Tab')
      const back = await walk(page, 'Shift+Tab')
      for (const fault of new Set([...there.faults, ...back.faults])) faults.push(`${path}: ${fault}`)
      if (there.stops === MOST_STOPS || back.stops === MOST_STOPS) faults.push(`${path} has no end`)
      if (there.stops < 2 || back.stops !== there.stops) faults.push(`${path} has ${there.stops} stops there and ${back.stops} back`)
    }
    expect(faults).toEqual([])
  })
})

describe('without a mouse', () => {
  test('one makes a task, finds it, opens it, cancels it and takes that back', async () => {
    const { page } = await open()
    await page.keyboard.press('c')
    await page.keyboard.type('Prune the orchard')
    await tabTo(page, /^Command/)
    await page.keyboard.type('sleep 60')
    await tabTo(page, /^Create task$/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Prune the orchard' }).first().waitFor()
    await isAt(page, 'Create task')
    await page.keyboard.press('/')
    await page.keyboard.type('orchard')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks?q=orchard')
    await page.keyboard.press('j')
    await isAt(page, 'Prune the orchard')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/t_*')
    const id = pathOf(page).split('/').at(-1) as string
    await tabTo(page, /^Cancel$/)
    await page.keyboard.press('Enter')
    await isAt(page, 'Undo')
    await page.keyboard.press('F6')
    await tabTo(page, /^Close$/)
    await tabTo(page, /^Undo$/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText(`${id} stays as it was.`).waitFor()
    await isAt(page, 'Cancel')
    expect(await server.stateOf(id)).toBe('queued')
  })

  test('a row’s menu acts on it, and focus returns to the row, or to the next one if it left the list', async () => {
    for (const title of ['first', 'second', 'third']) await server.newTask({ title, queue: 'menus' })
    const { page } = await open('/tasks?q=queue:menus+state:queued')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('.')
    await isAt(page, 'Cancel')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).first().waitFor()
    await isAt(page, 'second')

    const ids: string[] = []
    for (const title of ['the older', 'the newer']) ids.push(await server.newTask({ title, queue: 'over' }))
    for (const id of ids) await server.api('POST', `/api/tasks/${id}/cancel`)
    await page.goto(`${server.url}/tasks?q=queue:over+state:cancelled`)
    await page.keyboard.press('j')
    await isAt(page, 'the newer')
    await page.keyboard.press('.')
    await isAt(page, 'Retry')
    await page.keyboard.press('Enter')
    await isAt(page, 'the older')
  })

  test('one saves a search under a name', async () => {
    const { page } = await open('/tasks?q=queue:ops')
    await tabTo(page, /^Save view$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Name$/)
    await page.keyboard.type('Of operations')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Of operations' }).waitFor()
  })

  test('three selected tasks are deleted after a confirmation', async () => {
    const ids: string[] = []
    for (const title of ['one', 'two', 'three']) ids.push(await server.newTask({ title, queue: 'parked' }))
    const { page } = await open('/tasks?q=queue:parked')
    for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
    await isAt(page, 'one')
    await tabTo(page, /^Delete/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/confirm?*')
    await tabTo(page, /^Delete 3 tasks$/)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks?q=queue%3Aparked&did=delete-3')
    await page.getByText('3 deleted').waitFor()
    for (const id of ids) expect(await server.stateOf(id)).toBeUndefined()
  })

  test('one comes to the content past the sidebar, and out of a menu to where it was opened', async () => {
    const { page } = await open()
    await tabTo(page, /^Skip to the content$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^New task$/)
    await tabTo(page, /^How to search$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^queue:mail$/)
    await page.keyboard.press('Escape')
    await isAt(page, 'How to search')
  })

  test('one changes the settings and signs out', async () => {
    const { page } = await open('/tasks', { ownSession: true })
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForURL('**/settings')
    await tabTo(page, /^Density$/)
    await page.keyboard.press('ArrowDown')
    await tabTo(page, /^Save$/)
    await page.keyboard.press('Enter')
    await page.locator('html[data-density=comfortable]').waitFor()
    await tabTo(page, /^Signed in as/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Sign out$/)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/in')
  })
})
