// How the times of lines are shown; the browser remembers it.
const KEY = 'log-times'

function show(view, times) {
  if (times) view.dataset.times = times
  else delete view.dataset.times
  view.querySelector('[data-times]').value = times
}

document.addEventListener('change', ({ target }) => {
  if (!target.matches?.('select[data-times]')) return
  localStorage.setItem(KEY, target.value)
  show(target.closest('log-view'), target.value)
})

for (const view of document.querySelectorAll('log-view')) show(view, localStorage.getItem(KEY) ?? '')
