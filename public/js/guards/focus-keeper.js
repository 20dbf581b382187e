// When the focused element disappears, as a menu or a row does, the focus moves to its neighbour instead of the top of
// the page.

import { PANEL } from '../live/live.js'
import { release } from '../page/in-hand.js'

const ROW = 'tr[id], li[id]'
const LINK = '.row-link'
let last
/** The row of the focused element, by id and position. */
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
  // The request may still change or remove it.
  if (row?.contains(next)) release(row)
}

document.addEventListener('htmx:afterSwap', () => {
  const isElsewhere = ![document.body, last].includes(document.activeElement)
  if (last && !isElsewhere && !last.checkVisibility()) moveOn()
})
