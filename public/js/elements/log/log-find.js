// The server searches the whole log. Matches are CSS highlights, so no markup changes.
const WAIT_MS = 250
let timer

const viewOf = (target) => target?.closest?.('log-view')
const wantedIn = (view) => ({ find: view.querySelector('[data-find]').value, level: view.querySelector('[data-level]').value })

function look(view) {
  clearTimeout(timer)
  const wanted = wantedIn(view)
  if (!wanted.find && !wanted.level && view.dataset.mode === 'tail') return
  view.show(wanted)
}

document.addEventListener('input', ({ target }) => {
  const view = target.matches?.('[data-find]') && viewOf(target)
  if (!view) return
  clearTimeout(timer)
  timer = setTimeout(look, WAIT_MS, view)
})
document.addEventListener('change', ({ target }) => target.matches?.('[data-level]') && viewOf(target) && look(viewOf(target)))
document.addEventListener('submit', (event) => {
  const view = event.target.matches('.log-bar') && viewOf(event.target)
  if (!view) return
  event.preventDefault()
  look(view)
})

// The number of a match opens its context without a new page.
document.addEventListener('click', (event) => {
  if (!event.target.matches?.('log-view[data-mode=found] .log-number') || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  history.replaceState(history.state, '', event.target.hash)
  viewOf(event.target).show({ at: event.target.dataset.number })
})

document.addEventListener('log-left', ({ target }) => {
  target.querySelector('[data-find]').value = ''
  target.querySelector('[data-level]').value = ''
  history.replaceState(history.state, '', location.pathname + location.search)
})

document.addEventListener('log-shown', ({ target }) => mark(target))
for (const view of document.querySelectorAll('log-view')) mark(view)

function mark(view) {
  if (!globalThis.CSS?.highlights) return
  const text = view.querySelector('[data-find]').value.toLowerCase()
  const ranges = text && view.dataset.mode !== 'tail' ? [...view.querySelectorAll('.log-text')].flatMap((line) => rangesIn(line, text)) : []
  CSS.highlights.set('log-found', new Highlight(...ranges))
}

/** The places of `text` in a line, across colours. */
function rangesIn(line, text) {
  const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  const parts = []
  for (let at = 0; nodes.nextNode(); at += nodes.currentNode.length) parts.push({ node: nodes.currentNode, at })
  let part = 0
  // Matches are in order, so one pass is enough.
  const placeOf = (offset) => {
    while (parts[part + 1]?.at <= offset) part++
    return [parts[part].node, offset - parts[part].at]
  }
  const ranges = []
  const whole = line.textContent.toLowerCase()
  for (let at = whole.indexOf(text); at !== -1; at = whole.indexOf(text, at + text.length)) {
    const range = new Range()
    range.setStart(...placeOf(at))
    const [node, offset] = placeOf(at + text.length - 1)
    range.setEnd(node, offset + 1)
    ranges.push(range)
  }
  return ranges
}
