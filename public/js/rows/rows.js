// Rows of a list change in place. New ones slide in while the list is at its top and nobody holds it; otherwise they wait
// behind a count (`new-rows`). Those that left stay, marked, until the list is tidied. Each response is rearranged before
// it is merged.
import htmx from 'htmx.org'
import { PANEL } from '../live/live.js'
import { arrive, slide } from '../page/flash.js'
import { isHeld, isReleased } from '../page/in-hand.js'

const ROWS = 'table[data-rows] > tbody, ol[data-rows]'
export const MORE = '.pager [data-more]'
/** The server's page size; limits are rounded up to it, so that readers share one rendering. */
export const PAGE = 50
/** What may end a hold. */
const RELEASES = ['scroll', 'pointerout', 'focusout', 'change', 'toggle', 'selectionchange', 'htmx:afterSwap']

const lists = new WeakMap()
/** Ids of rows created on this page, which are shown at once. */
const own = new Set()

const isPanel = (element) => element?.matches?.(PANEL)
export const bodyIn = (root) => root.querySelector(ROWS)
const frameIn = (panel) => panel.querySelector('new-rows').parentElement
const numberOf = (row) => Number(/\d+$/.exec(row.dataset.id)?.[0])
const isFrozen = (panel) => panel.querySelector('selection-bar[data-count]') !== null

export function listOf(panel) {
  if (!lists.has(panel)) lists.set(panel, { answer: undefined, waiting: 0, entering: new Set(), grows: false, opens: false })
  return lists.get(panel)
}

/** Stands in a response for what stays as it is. */
function placeOf(element) {
  const place = element.cloneNode(false)
  place.dataset.kept = ''
  return place
}

/** Called with each parsed response before it is merged into its panel. */
export function holdRows(panel, elements) {
  const body = isPanel(panel) && bodyIn(panel)
  const answer = elements[0]?.parentNode
  if (!body || !answer) return
  const list = listOf(panel)
  const isOpen = list.opens || !isHeld(frameIn(panel))
  const shown = [...body.children]
  const fresh = [...(bodyIn(answer)?.children ?? [])]
  const more = answer.querySelector(MORE)
  // A feed has no end.
  const end = more || body.matches('ol') ? numberOf(fresh.at(-1)) : Number.NEGATIVE_INFINITY

  const kept = list.opens ? [] : staying(shown, fresh, { end, isOpen })
  const seen = new Set(shown.map(({ id }) => id))
  const unseen = fresh.filter(({ id }) => !seen.has(id))
  const isOlder = (row) => panel.querySelector(MORE) !== null && numberOf(row) < numberOf(shown.at(-1))
  const older = list.grows ? unseen.filter(isOlder).slice(0, PAGE) : []
  if (older.length || !more) list.grows = false
  const newer = unseen.filter((row) => !isOlder(row))
  const entering = newer.filter(({ dataset }) => isOpen || (own.has(dataset.id) && !isFrozen(panel)))
  list.waiting = newer.length - entering.length
  list.entering = new Set(entering.map(({ id }) => id))
  list.top = isOpen && entering.length > 0 ? { row: shown[0], at: shown[0].offsetTop } : undefined

  const rows = [...fresh.filter(({ id }) => seen.has(id)), ...kept.map(placeOf), ...entering, ...older].sort((a, b) => numberOf(b) - numberOf(a))
  if (rows.length === 0) return
  if (fresh.length === 0) return answer.querySelector('[data-empty]')?.replaceWith(placeOf(frameIn(panel)))
  bodyIn(answer).replaceChildren(...rows)
  if (rows.at(-1).id !== fresh.at(-1).id) keepPager(panel, answer, rows.at(-1))
}

/** The link to older rows starts below the last shown row, wherever the response ended. */
function keepPager(panel, answer, last) {
  const pager = panel.querySelector('.pager')
  const more = pager?.querySelector('[data-more]')
  if (more) more.href = withParameter(more.getAttribute('href'), 'before', last.dataset.id)
  answer.querySelector('.pager')?.remove()
  if (pager) answer.append(placeOf(pager))
}

/** The shown rows that stay although the response lacks them. Those above its end have left the list, and are marked. */
function staying(shown, fresh, { end, isOpen }) {
  const answered = new Set(fresh.map(({ id }) => id))
  const kept = shown.filter((row) => !answered.has(row.id) && !isReleased(row) && (numberOf(row) >= end || !isOpen))
  for (const row of kept) row.toggleAttribute('data-left', numberOf(row) >= end)
  return kept
}

/** Called when a response has been merged: counts what waits, and shows what has arrived. */
export function tellRows(panel) {
  const body = isPanel(panel) && bodyIn(panel)
  if (!body) return
  const { waiting, entering, top } = listOf(panel)
  const rows = [...body.children]
  if (top) slide(body, top.row.offsetTop - top.at)
  for (const row of rows) if (entering.has(row.id)) arrive(row)
  frameIn(panel)
    .querySelector('new-rows')
    .tell?.({ waiting, gone: rows.filter((row) => row.hasAttribute('data-left')).length })
}

function render(panel) {
  const { answer } = listOf(panel)
  if (answer) htmx.swap(panel, answer, { swapStyle: 'morph:innerHTML', swapDelay: 0, settleDelay: 0 }, { contextElement: panel })
}

/** Shows the waiting rows and removes those that have left; returns the new ones. */
export function showRows(panel) {
  const list = listOf(panel)
  if (!bodyIn(panel) || isFrozen(panel)) return []
  list.opens = true
  render(panel)
  list.opens = false
  return [...(bodyIn(panel)?.children ?? [])].filter(({ id }) => list.entering.has(id))
}

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (detail.shouldSwap && isPanel(detail.target)) listOf(detail.target).answer = detail.serverResponse
})
const renderWaiting = (isReady) => {
  for (const panel of document.querySelectorAll(PANEL)) if (lists.get(panel)?.waiting && isReady(panel)) render(panel)
}
document.addEventListener('telltale:created', ({ detail }) => {
  own.add(detail.id)
  renderWaiting(() => true)
})
for (const name of RELEASES) document.addEventListener(name, () => setTimeout(renderWaiting, 0, (panel) => !isHeld(frameIn(panel))), true)

export function withParameter(href, name, value) {
  const url = new URL(href, location.href)
  url.searchParams.set(name, value)
  return url.pathname + url.search
}
