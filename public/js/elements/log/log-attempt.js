// A retry has its own log: its tab appears at once, and readers of the newest attempt move on to it. The table of
// attempts announces it even after an outage.
import { source } from '../../page/shared.js'

const numbered = (link, attempt) => link.getAttribute('href').replace(/attempt=\d+/, `attempt=${attempt}`)

function hear(view, attempt) {
  const tabs = view.querySelector('.log-attempts')
  const newest = Number(tabs.lastElementChild.textContent)
  if (!(attempt > newest)) return
  const isNewest = tabs.lastElementChild.matches('[aria-current]')
  for (let each = newest + 1; each <= attempt; each++) tabs.append(tab(tabs.lastElementChild, each))
  tabs.hidden = false
  if (isNewest && view.dataset.mode === 'tail') follow(view, attempt)
}

function tab(before, attempt) {
  const link = before.cloneNode()
  link.removeAttribute('aria-current')
  link.href = numbered(before, attempt)
  link.textContent = attempt
  return link
}

function follow(view, attempt) {
  const url = new URL(view.dataset.src, location.href)
  url.searchParams.set('attempt', attempt)
  Object.assign(view.dataset, { src: url.pathname + url.search, next: 0, line: 1 })
  view.removeAttribute('data-ended')
  const log = view.querySelector('.log')
  log.replaceChildren()
  log.setAttribute('aria-label', `Output of attempt ${attempt}`)
  view.querySelector('[data-note]').hidden = true
  view.querySelector('[name=attempt]').value = attempt
  view.querySelector('.log-attempts > [aria-current]').removeAttribute('aria-current')
  view.querySelector('.log-attempts').lastElementChild.setAttribute('aria-current', 'page')
  for (const link of view.querySelectorAll('a[href*="download="], [data-new]')) link.href = numbered(link, attempt)
  view.dispatchEvent(new Event('log-moved'))
}

for (const view of document.querySelectorAll('log-view')) {
  source.addEventListener(view.dataset.event, ({ data }) => hear(view, JSON.parse(data).attempt))
  document.addEventListener('htmx:afterSwap', () => hear(view, Number(document.querySelector('[data-newest-attempt]')?.dataset.newestAttempt)))
}
