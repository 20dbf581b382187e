// A list that somebody reads holds still: its rows change where they are, and none comes or goes until its reader asks.
// The server answers the rows down to the last one shown; a merge lets in and out only what it may, and counts the rest.
import htmx from 'htmx.org'
import { isInHand, isReleased } from './in-hand.js'
import { PANEL, refresh } from './live.js'

const ROW = 'table[data-rows] > tbody > tr'
const FRAME = '.table-frame'
/** Such a list takes more rows in place, up to a number. */
const GROWING = '.table-frame[data-most]'
const MORE = '.pager [data-more]'
const MORE_ROWS = 50

const lists = new WeakMap()
/** Ids of what was made on this page: its maker waits for it. */
const own = new Set()
/** The list that is being merged, and what may change in it. */
let merge

const isPanel = (element) => element?.matches?.(PANEL)
const rowsIn = (root) => [...root.querySelectorAll(ROW)]
const numberOf = (row) => Number(/\d+$/.exec(row.dataset.id)?.[0])
const isFrozen = (panel) => panel.querySelector('selection-bar[data-count]') !== null

function listOf(panel) {
  if (!lists.has(panel)) lists.set(panel, { answer: undefined, waiting: 0, grows: false, opens: false })
  return lists.get(panel)
}

/** Called with each answer, as parsed, before it is merged into its panel. */
export function holdRows(panel, elements) {
  merge = undefined
  const answer = elements[0]?.parentNode
  if (!isPanel(panel) || !answer) return
  const list = listOf(panel)
  list.waiting = 0
  const [shown, fresh] = [rowsIn(panel), rowsIn(answer)]
  if (shown.length === 0) return
  const lowest = (root, row) => (row && root.querySelector(MORE) ? numberOf(row) : Number.NEGATIVE_INFINITY)
  merge = {
    list,
    isFrozen: isFrozen(panel),
    keepsFrame: fresh.length === 0 && !list.opens && !shown.every(isReleased),
    /** Rows below these wait for `Show more`, and are not known to have left. */
    lastShown: lowest(panel, shown.at(-1)),
    lastAnswered: lowest(answer, fresh.at(-1)),
  }
}

/** Whether a node of the answer waits outside its list. */
export function isHeldOut(node) {
  if (!merge || merge.list.opens) return false
  if (node.matches('[data-empty]')) return merge.keepsFrame
  if (!node.matches(ROW)) return false
  if (numberOf(node) < merge.lastShown) return !merge.list.grows
  if (own.has(node.dataset.id) && !merge.isFrozen) return false
  merge.list.waiting++
  return true
}

/** Whether a node that the answer lacks stays where it is; a row that has left the list is marked. */
export function isHeldIn(node) {
  if (!merge) return false
  if (node.matches(FRAME)) return merge.keepsFrame && rowsIn(node).map(staysIn).length > 0
  return node.matches(ROW) && staysIn(node)
}

function staysIn(row) {
  if (merge.list.opens || isReleased(row)) return false
  const hasLeft = numberOf(row) >= merge.lastAnswered
  if (hasLeft && isInHand(row)) return false
  if (hasLeft) row.setAttribute('data-left', '')
  return true
}

/** Called once the answer is merged. */
export function countRows(panel) {
  if (!isPanel(panel)) return
  const list = listOf(panel)
  const rows = rowsIn(panel)
  if (rows.length === 0 || !panel.querySelector(MORE) || numberOf(rows.at(-1)) < merge?.lastShown) list.grows = false
  merge = undefined
  order(rows)
  panel.querySelector('new-rows')?.tell?.({ waiting: list.waiting, gone: rows.filter((row) => row.hasAttribute('data-left')).length })
}

/** A merge that spares the row with the focus may leave a row that stays behind the ones below it. */
function order(rows) {
  let lowest = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const number = numberOf(row)
    if (number > lowest) rows.find((other) => numberOf(other) < number).before(row)
    else lowest = number
  }
}

function render(panel) {
  const { answer } = listOf(panel)
  if (answer) htmx.swap(panel, answer, { swapStyle: 'morph:innerHTML', swapDelay: 0, settleDelay: 0 }, { contextElement: panel })
}

/** Lets in what waits, and lets go of what has left; answers the rows that came. */
export function showRows(panel) {
  if (rowsIn(panel).length === 0 || isFrozen(panel)) return []
  const list = listOf(panel)
  const before = new Set(rowsIn(panel))
  list.opens = true
  render(panel)
  list.opens = false
  return rowsIn(panel).filter((row) => !before.has(row))
}

document.addEventListener('htmx:configRequest', ({ detail }) => {
  const panel = detail.target
  const last = isPanel(panel) && panel.querySelector(GROWING) && rowsIn(panel).at(-1)
  if (!last) return
  const wanted = { to: last.dataset.id, ...(listOf(panel).grows && { more: MORE_ROWS }) }
  if (detail.verb === 'get') Object.assign(detail.parameters, wanted)
  else {
    const page = new URL(location.href)
    for (const [name, value] of Object.entries(wanted)) page.searchParams.set(name, value)
    detail.headers['HX-Current-URL'] = page.href
  }
})
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (detail.shouldSwap && isPanel(detail.target)) listOf(detail.target).answer = detail.serverResponse
})
document.addEventListener('telltale:created', ({ detail }) => {
  own.add(detail.id)
  for (const panel of document.querySelectorAll(PANEL)) if (lists.get(panel)?.waiting) render(panel)
})

document.addEventListener('click', (event) => {
  const panel = event.target.closest?.(MORE)?.closest(PANEL)
  const frame = panel?.querySelector(GROWING)
  if (!frame || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const list = listOf(panel)
  // Beyond the most that a page holds, the link leads on to the next one.
  if (rowsIn(panel).length + list.waiting + MORE_ROWS > Number(frame.dataset.most)) return
  event.preventDefault()
  list.grows = true
  refresh(panel)
})
