// The page of a pipeline shows the log of the step that shows best how it is. The log moves on with it, unless its reader looks at lines of their own.
const eventOf = (id) => `${id}-log`

/** Ids of other tasks may begin with this one. */
const renamed = (text, from, to) => text.replace(new RegExp(`(?<=/tasks/)${from}(?!\\d)`), to)

function follow(view) {
  const { shown, shownName } = document.querySelector('#task-steps')?.dataset ?? {}
  if (!shown || view.dataset.event === eventOf(shown) || view.dataset.mode !== 'tail') return
  if (!view.querySelector('[data-follow]').checked && view.dataset.ended === undefined) return
  const from = view.dataset.event.slice(0, -eventOf('').length)
  const attempt = Math.max(1, Number(document.querySelector('[data-newest-attempt]').dataset.newestAttempt))
  const moved = (url) => renamed(url, from, shown).replace(/attempt=\d+/, `attempt=${attempt}`)
  Object.assign(view.dataset, { src: moved(view.dataset.src), event: eventOf(shown), next: 0, line: 1 })
  view.removeAttribute('data-ended')
  view.querySelector('[data-log-name]').textContent = shownName
  view.querySelector('.log').setAttribute('aria-label', `Output of attempt ${attempt}`)
  view.querySelector('[data-note]').hidden = true
  view.querySelector('[name=attempt]').value = attempt
  for (const link of view.querySelectorAll('a[href*="/tasks/"]')) link.href = moved(link.getAttribute('href'))
  const bar = view.querySelector('.log-bar')
  bar.action = moved(bar.getAttribute('action'))
  view.dispatchEvent(new Event('log-moved'))
}

const view = document.querySelector('log-view')
if (view) document.addEventListener('htmx:afterSwap', () => follow(view))
