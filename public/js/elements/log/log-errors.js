// Shows how many errors a log has, and steps through them. The server counts them, once for all pages.
import { source } from '../../page/shared.js'
import { oneAtATime } from './log-ask.js'
import { linkedNumber } from './log-link.js'

/** The server sends no more. */
const MOST = 1_000
/** A task that prints all the time is asked for no more often than this. */
const ASK_MS = 1_000

function counting(view) {
  let numbers = []

  function show() {
    const count = numbers.length < MOST ? numbers.length : '1,000+'
    view.querySelector('[data-errors-count]').textContent = `${count} ${count === 1 ? 'error' : 'errors'}`
    for (const button of view.querySelectorAll('[data-errors]')) button.hidden = numbers.length === 0
  }

  const update = oneAtATime(async () => {
    for (let more = true; more && !document.hidden && !source.isPaused; ) {
      const { src } = view.dataset
      const response = await fetch(src.replace('/ui/', '/api/').replace('/log?', '/log/errors?'))
      if (!response.ok) throw new Error(`the log answered ${response.status}`)
      const answer = await response.json()
      // Another attempt may be shown by now.
      if (src === view.dataset.src) numbers = answer.numbers
      more = answer.more || src !== view.dataset.src
      show()
      await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    }
  })
  // It may move on to the log of another task.
  const listen = () => {
    source.addEventListener(view.dataset.event, update)
    update()
  }
  for (const name of ['ready', 'resumed']) source.addEventListener(name, update)
  view.addEventListener('log-moved', listen)
  document.addEventListener('visibilitychange', update)
  listen()

  view.addEventListener('click', ({ target }) => {
    const way = target.closest('[data-errors]')?.dataset.errors
    const at = linkedNumber() || 0
    const next = way === 'next' ? (numbers.find((number) => number > at) ?? numbers[0]) : (numbers.findLast((number) => number < at) ?? numbers.at(-1))
    if (!way || !next) return
    location.replace(`#L${next}`)
    if (view.dataset.mode === 'found') view.show({ at: next })
  })
}

for (const view of document.querySelectorAll('log-view')) counting(view)
