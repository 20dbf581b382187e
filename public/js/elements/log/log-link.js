// A line's number links to it: by hand, or from the keyboard, where `l` goes to the numbers and arrows move among them.
const STEPS = { ArrowUp: 'previousElementSibling', ArrowDown: 'nextElementSibling' }

/** The line in the page's URL; NaN without one. */
export const linkedNumber = () => Number(/^#L(\d+)$/.exec(location.hash)?.[1])

const lineOf = (view, number) => view.querySelector(`[id="L${number}"]`)

/** Marks a line and moves it into view. Returns whether it is in the document. */
export function linked(view, number) {
  const line = number ? lineOf(view, number) : null
  if (!line) return false
  view.querySelector('.log-linked')?.classList.remove('log-linked')
  // Lines inserted after the URL was read are no :target.
  line.classList.add('log-linked')
  line.scrollIntoView({ block: 'center' })
  return true
}

function firstInView(list) {
  const { top, bottom } = list.getBoundingClientRect()
  const isIn = (line) => line.getBoundingClientRect().top >= top && line.getBoundingClientRect().bottom <= bottom
  return list.querySelector('.log-linked') ?? [...list.children].find(isIn)
}

document.addEventListener('click', ({ target }) => {
  if (target.closest?.('[data-press-wrap]')) target.closest('log-view').querySelector('[data-wrap]').click()
  if (!target.closest?.('[data-link-line]')) return
  const list = target.closest('log-view').querySelector('.log')
  firstInView(list)?.querySelector('.log-number').focus()
})

document.addEventListener('keydown', (event) => {
  const step = event.target.matches?.('.log-number') && STEPS[event.key]
  const next = step && event.target.closest('li')[step]?.querySelector('.log-number')
  if (!next) return
  event.preventDefault()
  next.focus()
})
