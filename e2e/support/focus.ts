import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { pages, stage } from './scenes.ts'
import { setUp } from './set-up.ts'

/** More presses of Tab than any page has stops. */
const MOST_STOPS = 250

export const where = (page: Page) => page.evaluate<Stop | null>(STOP)

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

/** The test of one window, each in a file of its own, so that they run side by side. */
export function focusIn(viewport: { width: number; height: number }) {
  const { server, open } = setUp({ workers: 1, viewport })
  beforeAll(() => stage(server, 'few'))

  test('the focus is visible at every stop of every page, there and back, and leaves the page at both ends', async () => {
    const { page } = await open()
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
}
