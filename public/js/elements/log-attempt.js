// A retry writes a log of its own: who did not ask for an older attempt by its URL goes on to the new one.
;(() => {
  const isPinned = new URLSearchParams(location.search).has('attempt')

  function follow(view, attempt) {
    const url = new URL(view.dataset.src, location.href)
    if (attempt <= Number(url.searchParams.get('attempt')) || view.dataset.mode !== 'tail') return
    url.searchParams.set('attempt', attempt)
    Object.assign(view.dataset, { src: url.pathname + url.search, next: 0, line: 1 })
    view.removeAttribute('data-ended')
    view.querySelector('.log').replaceChildren()
    view.querySelector('[name=attempt]').value = attempt
    for (const link of view.querySelectorAll('a[href*="download="], [data-new]')) {
      link.href = link.getAttribute('href').replace(/attempt=\d+/, `attempt=${attempt}`)
    }
  }

  // Before the log's own listener, which then fetches from the new beginning: this file is loaded first.
  for (const view of isPinned ? [] : document.querySelectorAll('log-view')) {
    telltale.source?.addEventListener(view.dataset.event, ({ data }) => follow(view, JSON.parse(data).attempt))
  }
})()
