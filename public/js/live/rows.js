// While someone reads a list, rows change in place, but none is added, removed or moved without a click. Each response is
// rearranged before it is merged; the rest is counted (`new-rows`).
import htmx from 'htmx.org'
import { isReleased } from '../page/in-hand.js'
import { PANEL, refresh } from './live.js'

const ROWS = 'table[data-rows] > tbody'
const FRAME = '.table-frame[data-most]'
const MORE = '.pager [data-more]'
/** The server's page size; limits are rounded up to it, so that readers share one rendering. */
const PAGE = 50

const lists = new WeakMap()
/** Ids of rows created on this page, which are shown at once. */
const own = new Set()

const isPanel = (element) => element?.matches?.(PANEL)
const bodyIn = (root) => root.querySelector(ROWS)
const numberOf = (row) => Number(/\d+$/.exec(row.dataset.id)?.[0])
const isFrozen = (panel) => panel.querySelector('selection-bar[data-count]') !== null

function listOf(panel) {
  if (!lists.has(panel)) lists.set(panel, { answer: undefined, waiting: 0, gone: 0, grows: false, opens: false })
  return lists.get(panel)
}

function marked(row) {
  const kept = row.cloneNode(true)
  kept.setAttribute('data-left', '')
  return kept
}

/** The rows of `fresh` to show, newest first: those already shown, the viewer's own and requested ones. */
function arrange(list, shown, fresh, { isLast, wasLast, isHeld }) {
  const answered = new Map(fresh.map((row) => [row.id, row]))
  const end = isLast ? Number.NEGATIVE_INFINITY : numberOf(fresh.at(-1))
  const kept = shown.flatMap((row) => {
    if (answered.has(row.id)) return [answered.get(row.id)]
    if (list.opens || isReleased(row)) return []
    // Below the end of the response, the row is unchanged; otherwise it has left the list.
    return [numberOf(row) < end ? row.cloneNode(true) : marked(row)]
  })
  const seen = new Set(shown.map(({ id }) => id))
  const unseen = fresh.filter(({ id }) => !seen.has(id))
  const isOlder = (row) => !wasLast && numberOf(row) < numberOf(shown.at(-1))
  const older = list.grows ? unseen.filter(isOlder).slice(0, PAGE) : []
  const newer = unseen.filter((row) => !isOlder(row))
  const entering = newer.filter(({ dataset }) => list.opens || (own.has(dataset.id) && !isHeld))
  if (older.length || isLast) list.grows = false
  list.waiting = newer.length - entering.length
  return [...kept, ...entering, ...older].sort((a, b) => numberOf(b) - numberOf(a))
}

/** Called with each parsed response before it is merged into its panel. */
export function holdRows(panel, elements) {
  const body = isPanel(panel) && bodyIn(panel)
  const answer = elements[0]?.parentNode
  if (!body || !answer) return
  const list = listOf(panel)
  const fresh = [...(bodyIn(answer)?.rows ?? [])]
  const ends = { isLast: !answer.querySelector(MORE), wasLast: !panel.querySelector(MORE), isHeld: isFrozen(panel) }
  const rows = arrange(list, [...body.rows], fresh, ends)
  list.gone = rows.filter((row) => row.hasAttribute('data-left')).length
  if (rows.length === 0) return
  if (fresh.length === 0) answer.querySelector('[data-empty]')?.replaceWith(body.closest('.table-frame').cloneNode(true))
  bodyIn(answer).replaceChildren(...rows)
  if (rows.at(-1).id !== fresh.at(-1)?.id) keepPager(panel, answer, rows.at(-1))
}

/** The link to older rows starts below the last shown row, wherever the response ended. */
function keepPager(panel, answer, last) {
  const kept = panel.querySelector('.pager')?.cloneNode(true)
  const more = kept?.querySelector('[data-more]')
  if (more) more.href = withParameter(more.getAttribute('href'), 'before', last.dataset.id)
  answer.querySelector('.pager')?.remove()
  if (kept) answer.append(kept)
}

export const countRows = (panel) => isPanel(panel) && panel.querySelector('new-rows')?.tell?.(listOf(panel))

function render(panel) {
  const { answer } = listOf(panel)
  if (answer) htmx.swap(panel, answer, { swapStyle: 'morph:innerHTML', swapDelay: 0, settleDelay: 0 }, { contextElement: panel })
}

/** Shows the waiting rows and removes those that have left; returns the new ones. */
export function showRows(panel) {
  if (!bodyIn(panel) || isFrozen(panel)) return []
  const list = listOf(panel)
  const before = new Set([...bodyIn(panel).rows].map(({ id }) => id))
  list.opens = true
  render(panel)
  list.opens = false
  return [...(bodyIn(panel)?.rows ?? [])].filter(({ id }) => !before.has(id))
}

function withParameter(href, name, value) {
  const url = new URL(href, location.href)
  url.searchParams.set(name, value)
  return url.pathname + url.search
}

/** The limit that includes all shown rows; undefined if that is the panel's own. */
function limitOf(panel) {
  const most = Number(panel.querySelector(FRAME)?.dataset.most)
  if (!most) return
  const { waiting, grows } = listOf(panel)
  const needed = bodyIn(panel).rows.length + waiting + (grows ? PAGE : 0)
  const usual = Number(new URL(panel.getAttribute('hx-get'), location.href).searchParams.get('limit')) || PAGE
  return needed > usual ? Math.min(most, Math.ceil(needed / PAGE) * PAGE) : undefined
}

document.addEventListener('htmx:configRequest', ({ detail }) => {
  const limit = isPanel(detail.target) ? limitOf(detail.target) : undefined
  if (!limit) return
  if (detail.verb === 'get') detail.path = withParameter(detail.path, 'limit', limit)
  else detail.headers['HX-Current-URL'] = location.origin + withParameter(location.href, 'limit', limit)
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
  const frame = panel?.querySelector(FRAME)
  if (!frame || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const list = listOf(panel)
  // Beyond the most that a page holds, the link opens the next page.
  if (bodyIn(panel).rows.length + list.waiting + PAGE > Number(frame.dataset.most)) return
  event.preventDefault()
  list.grows = true
  refresh(panel)
})
