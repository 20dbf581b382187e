// What had the focus may go away under it: a menu closes once it was answered, a row leaves its list. The focus then goes
// on from the same place, instead of starting again at the top of the page.

import { PANEL } from '../live/live.js'
import { release } from '../page/in-hand.js'

const ROW = 'tr[id], li[id]'
const LINK = '.row-link'
let last
/** The row of what had the focus, by its id, and its place among the rows of its panel. */
let id
let panel
let at = -1

const linksIn = (root) => [...(root?.querySelectorAll(LINK) ?? [])]

document.addEventListener('focusin', ({ target }) => {
  last = target
  id = target.closest(ROW)?.id
  panel = target.closest(PANEL)
  at = linksIn(panel).findIndex((link) => link.closest(ROW)?.id === id)
})

function moveOn() {
  const row = id && document.getElementById(id)
  const menu = last.isConnected && last.closest('details:not([open])')?.querySelector(':scope > summary')
  const links = linksIn(panel)
  const next = menu || row?.querySelector(LINK) || links[Math.min(at, links.length - 1)] || document.getElementById('main')
  next?.focus({ preventScroll: true })
  // It was not taken in hand: what was asked for there may still change it, and take it away.
  if (row?.contains(next)) release(row)
}

document.addEventListener('htmx:afterSwap', () => {
  const isElsewhere = ![document.body, last].includes(document.activeElement)
  if (last && !isElsewhere && !last.checkVisibility()) moveOn()
})
