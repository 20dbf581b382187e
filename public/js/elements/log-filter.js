// The bar of a log: finds text, shows one stream of the two, wraps long lines. New lines are held to the same.
;(() => {
  const WIDE = 'wrap'
  const filtered = new WeakSet()

  function filter(view) {
    const wanted = view.querySelector('[data-find]')?.value.toLowerCase() ?? ''
    const level = view.querySelector('[data-level]')?.value ?? ''
    const isFilter = wanted !== '' || level !== ''
    if (!isFilter && !filtered.has(view)) return
    isFilter ? filtered.add(view) : filtered.delete(view)
    for (const line of view.querySelectorAll('.log > li')) line.hidden = !isWanted(line, wanted, level)
  }

  const isWanted = (line, wanted, level) => line.textContent.toLowerCase().includes(wanted) && (level === '' || line.classList.contains(level))

  function changed({ target }) {
    const view = target.closest?.('log-view')
    if (!view) return
    if (target.matches('[data-wrap]')) view.querySelector('.log').classList.toggle(WIDE, target.checked)
    else filter(view)
  }

  for (const name of ['input', 'change', 'log-grew']) document.addEventListener(name, changed)
})()
