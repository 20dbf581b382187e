import { LogEnd } from './log-end.js'
import { LogLines } from './log-lines.js'

/** What a log view shows. */
export class LogState {
  view
  list
  lines
  end
  /** Changes whenever other lines are shown: an answer to an earlier question is then of no use. */
  turn = 0
  /** The search whose matches are shown. */
  wanted

  constructor(view) {
    const { first, last, mode } = view.dataset
    this.view = view
    this.list = view.querySelector('.log')
    this.lines = new LogLines(this.list, { first: Number(first), last: Number(last) })
    this.end = new LogEnd(view, this.list)
    this.wanted = { find: view.querySelector('[data-find]').value, level: view.querySelector('[data-level]').value }
    if (mode === 'part') view.dataset.mode = 'tail'
  }

  get isFound() {
    return this.view.dataset.mode === 'found'
  }

  /** Shows the lines of an answer instead. */
  replace(answer) {
    this.turn++
    // A search that took too long has no lines, but a note.
    const isPart = answer.mode !== 'found' && answer.note === ''
    this.view.dataset.mode = isPart ? 'tail' : 'found'
    this.lines.replace(answer.fresh, isPart ? answer : undefined)
    this.take(answer)
    Object.assign(this.view.querySelector('[data-note]'), { textContent: answer.note, hidden: answer.note === '' })
    this.end.isFollowed = answer.mode === 'tail'
    this.view.dispatchEvent(new Event('log-shown', { bubbles: true }))
  }

  /** The next output follows this answer. */
  take({ next, line, ended }) {
    Object.assign(this.view.dataset, { next, line })
    this.view.toggleAttribute('data-ended', ended)
  }

  /** The log of another attempt. */
  restart() {
    this.turn++
    this.lines.replace('', { first: 1, last: 0 })
    this.end.isFollowed = true
  }
}
