// A retry has its own log. Readers of the newest attempt move on to it, even after an outage; its tab comes with the panel.
import { source } from '../../page/shared.js'

const numbered = (url, attempt) => url.replace(/attempt=\d+/, `attempt=${attempt}`)
const attemptOf = (view) => Number(/attempt=(\d+)/.exec(view.dataset.src)[1])
/** A page whose URL names an attempt stays with it. */
const isPinned = () => new URLSearchParams(location.search).has('attempt')

function hear(view, attempt) {
  if (!(attempt > attemptOf(view)) || isPinned() || view.dataset.mode !== 'tail') return
  Object.assign(view.dataset, { src: numbered(view.dataset.src, attempt), next: 0, line: 1 })
  view.removeAttribute('data-ended')
  view.querySelector('.log').setAttribute('aria-label', `Output of attempt ${attempt}`)
  view.querySelector('[data-note]').hidden = true
  view.querySelector('[name=attempt]').value = attempt
  for (const link of view.querySelectorAll('a[href*="attempt="]')) link.href = numbered(link.getAttribute('href'), attempt)
  view.dispatchEvent(new Event('log-moved'))
}

for (const view of document.querySelectorAll('log-view')) {
  source.addEventListener(view.dataset.event, ({ data }) => hear(view, JSON.parse(data).attempt))
  document.addEventListener('htmx:afterSwap', () => hear(view, Number(document.querySelector('[data-newest-attempt]')?.dataset.newestAttempt)))
}
