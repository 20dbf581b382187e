import type { CDPSession, Page } from 'playwright'

/** More presses of Tab than any page has stops. */
const MOST_STOPS = 250
/** Presses that are sent before the first of them is answered. */
const AT_ONCE = 25
const TAB = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 }
const SHIFT = 8

interface Stop {
  /** Its visible name. */
  name: string
  faults: string[]
}

interface Walk {
  stops: Stop[]
  /** The focus has left the page, after one stop at least. */
  left: boolean
}

/** Where the focus is, and why one would not see it there once every transition is over. */
const STOP = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const name = (element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || element.placeholder || element.className).trim().replace(/\\s+/g, ' ').slice(0, 60)
  const faults = []
  for (const change of document.getAnimations()) if (change instanceof CSSTransition) change.finish()
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

/** Inspects each stop at the next press, so that many presses can be in flight; after the last stop, they do nothing. */
const WATCH = `addEventListener('keydown', (event) => {
  if (event.key !== 'Tab') return
  const stop = ${STOP}
  if (walk.left) return event.preventDefault()
  if (stop) walk.stops.push(stop)
  else if (walk.stops.length > 0) walk.left = true
  if (walk.left) event.preventDefault()
}, true)`

export const where = (page: Page) => page.evaluate<Stop | null>(STOP)

/** Leaves a field that has the focus from the start, so that Tab begins at the top. */
const FROM_THE_TOP = `document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')`

/** The problems of the tab stops of a freshly loaded page, forwards and backwards. */
export async function faultsAlong(page: Page): Promise<string[]> {
  await page.evaluate(WATCH)
  await page.evaluate(FROM_THE_TOP)
  const keyboard = await page.context().newCDPSession(page)
  const there = await walk(page, keyboard, 0)
  const back = await walk(page, keyboard, SHIFT)
  await keyboard.detach()
  const faults = new Set([...there.stops, ...back.stops].flatMap(({ name, faults }) => faults.map((fault) => `“${name}” ${fault}`)))
  if (!there.left || !back.left) faults.add('has no end')
  const [stops, stopsBack] = [there.stops.length, back.stops.length]
  if (stops < 2 || stops !== stopsBack) faults.add(`has ${stops} stops there and ${stopsBack} back`)
  return [...faults]
}

/** Presses Tab until the focus leaves the page. */
async function walk(page: Page, keyboard: CDPSession, modifiers: number): Promise<Walk> {
  await page.evaluate('window.walk = { stops: [], left: false }')
  const press = (type: 'rawKeyDown' | 'keyUp') => keyboard.send('Input.dispatchKeyEvent', { type, modifiers, ...TAB })
  let walked: Walk = { stops: [], left: false }
  for (let presses = 0; presses < MOST_STOPS && !walked.left; presses += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => [press('rawKeyDown'), press('keyUp')]).flat())
    walked = await page.evaluate('walk')
  }
  return walked
}
