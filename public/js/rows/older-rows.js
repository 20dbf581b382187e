// “Show 50 more” adds older rows below, in place; from then on each request asks for as many rows as the list shows.
import { PANEL, refresh } from '../live/live.js'
import { bodyIn, listOf, MORE, PAGE, withParameter } from './rows.js'

const FRAME = '[data-most]'

/** The limit that includes all shown rows; undefined if that is the panel's own. */
function limitOf(panel) {
  const most = Number(panel.querySelector(FRAME)?.dataset.most)
  if (!most) return
  const { waiting, grows } = listOf(panel)
  const needed = bodyIn(panel).children.length + waiting + (grows ? PAGE : 0)
  const usual = Number(new URL(panel.getAttribute('hx-get'), location.href).searchParams.get('limit')) || PAGE
  return needed > usual ? Math.min(most, Math.ceil(needed / PAGE) * PAGE) : undefined
}

document.addEventListener('htmx:configRequest', ({ detail }) => {
  const limit = detail.target?.matches?.(PANEL) ? limitOf(detail.target) : undefined
  if (!limit) return
  if (detail.verb === 'get') detail.path = withParameter(detail.path, 'limit', limit)
  else detail.headers['HX-Current-URL'] = location.origin + withParameter(location.href, 'limit', limit)
})
document.addEventListener('click', (event) => {
  const panel = event.target.closest?.(MORE)?.closest(PANEL)
  const frame = panel?.querySelector(FRAME)
  if (!frame || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const list = listOf(panel)
  // Beyond the most that a page holds, the link opens the next page.
  if (bodyIn(panel).children.length + list.waiting + PAGE > Number(frame.dataset.most)) return
  event.preventDefault()
  list.grows = true
  refresh(panel)
})
