// The parts of a task's page are tabs where there is no room for all of them. The tab is in the URL, as the server reads it.
function choose(view, name) {
  view.dataset.tab = name
  for (const link of view.querySelectorAll('[data-tab]')) link.toggleAttribute('aria-current', false)
  view.querySelector(`a[data-tab="${name}"]`)?.setAttribute('aria-current', 'page')
  const url = new URL(location.href)
  if (name === 'log') url.searchParams.delete('tab')
  else url.searchParams.set('tab', name)
  history.replaceState(history.state, '', url)
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('log-view a[data-tab]')
  if (!link || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  choose(link.closest('log-view'), link.dataset.tab)
})

// A link to a line is of use only where the log is.
addEventListener('hashchange', () => {
  const view = document.querySelector('log-view')
  if (view && view.dataset.tab !== 'log' && location.hash.startsWith('#L')) choose(view, 'log')
})
