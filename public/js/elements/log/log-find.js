// The server searches the whole log. Matches are CSS highlights, so no markup changes.
const WAIT_MS = 250
let timer

const viewOf = (target) => target?.closest?.('log-view')
const wantedIn = (view) => ({ find: view.querySelector('[data-find]').value, level: view.querySelector('[data-level]').value })

function look(view) {
  clearTimeout(timer)
  const wanted = wantedIn(view)
  if (!wanted.find && !wanted.level) found = []
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
  const way = event.target.closest?.('[data-match]')?.dataset.match
  if (way) return step(viewOf(event.target), way)
  if (!event.target.matches?.('log-view[data-mode=found] .log-number') || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  open(viewOf(event.target), Number(event.target.dataset.number))
})

/** The numbers of the lines that a search found, and the one that is shown in context. */
let found = []
let at = 0

/** The next or previous match in context, around the ends. */
function step(view, way) {
  const next = way === 'next' ? (found.find((number) => number > at) ?? found[0]) : (found.findLast((number) => number < at) ?? found.at(-1))
  if (next) open(view, next)
}

async function open(view, number) {
  at = number
  history.replaceState(history.state, '', `#L${number}`)
  await view.show({ at: number })
  const note = view.querySelector('[data-note]')
  const which = found.indexOf(number) + 1
  Object.assign(note, { textContent: `Match ${which} of ${found.length}. Press n for the next one, N for the previous one.`, hidden: which === 0 })
}

function collect(view) {
  if (view.dataset.mode === 'found') {
    found = [...view.querySelectorAll('.log-number')].map((link) => Number(link.dataset.number))
    at = 0
  }
  view.querySelector('[data-matches]').hidden = found.length === 0
}

document.addEventListener('log-left', ({ target }) => {
  found = []
  target.querySelector('[data-find]').value = ''
  target.querySelector('[data-level]').value = ''
  history.replaceState(history.state, '', location.pathname + location.search)
})

function shown(view) {
  collect(view)
  mark(view)
}

document.addEventListener('log-shown', ({ target }) => shown(target))
for (const view of document.querySelectorAll('log-view')) shown(view)

function mark(view) {
  if (!globalThis.CSS?.highlights) return
  const text = view.querySelector('[data-find]').value.toLowerCase()
  const ranges = text ? [...view.querySelectorAll('.log-text')].flatMap((line) => rangesIn(line, text)) : []
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
