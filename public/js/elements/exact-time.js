// Shows the exact instant of a time in its tooltip, and copies it as ISO 8601.

import { say } from '../page/say.js'
import * as clock from '../words/clock.js'
import { zone } from './local-time.js'

const INSTANT = 'time[data-relative], time[data-until], time[data-elapsed], time[data-exact]'
const instantAt = (target) => target?.closest?.(INSTANT)
const isoOf = (time) => new Date(time.dateTime).toISOString()

const explain = (time) => {
  time.title = clock.full(Date.parse(time.dateTime), zone)
}
/** A response has no tooltips: the time under the pointer gets its own again, for the instant that it now shows. */
export function explainHovered() {
  for (const time of document.querySelectorAll('time:hover')) if (time.matches(INSTANT)) explain(time)
}

// Only while the pointer is there, as the next response is compared with the page.
document.addEventListener('pointerover', ({ target }) => {
  const time = instantAt(target)
  if (time) explain(time)
})
document.addEventListener('pointerout', ({ target }) => instantAt(target)?.removeAttribute('title'))

document.addEventListener('click', ({ target }) => {
  const time = instantAt(target)
  if (!time || time.closest('a, button, summary, label') || !navigator.clipboard || !getSelection().isCollapsed) return
  navigator.clipboard.writeText(isoOf(time)).then(() => say(`Copied ${isoOf(time)}`))
})

document.addEventListener('copy', (event) => {
  const { anchorNode, focusNode, isCollapsed } = getSelection()
  const time = isCollapsed ? undefined : instantAt(anchorNode?.parentElement)
  if (!time || time !== instantAt(focusNode?.parentElement)) return
  event.clipboardData.setData('text/plain', isoOf(time))
  event.preventDefault()
})
