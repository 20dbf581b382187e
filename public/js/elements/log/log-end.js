import { skippedRow, trimLog } from './log-ask.js'

const NEAR_PX = 24

/** The end of a log: followed while its reader is there; otherwise a button counts the lines that wait below. */
export class LogEnd {
  isFollowed
  #view
  #lines
  #unseen = 0

  constructor(view, lines) {
    this.#view = view
    this.#lines = lines
    this.isFollowed = view.dataset.mode === 'tail'
  }

  /** After a scroll: whether the reader is at the end. */
  look() {
    const { scrollTop, clientHeight, scrollHeight } = this.#lines
    this.isFollowed = this.#view.dataset.mode === 'tail' && scrollTop + clientHeight >= scrollHeight - NEAR_PX
    if (this.isFollowed) this.say(0)
    const box = this.#view.querySelector('[data-follow]')
    if (box) box.checked = this.isFollowed
  }

  reach() {
    this.#lines.scrollTop = this.#lines.scrollHeight
  }

  grow(fresh, skipped) {
    const count = fresh.children.length
    // An incomplete last line was shown; it is sent again in full.
    this.#lines.querySelector('[data-partial]')?.remove()
    if (skipped) this.#lines.append(skippedRow(skipped))
    this.#lines.append(fresh)
    trimLog(this.#lines)
    if (this.isFollowed) this.reach()
    else this.say(this.#unseen + count)
  }

  say(unseen) {
    this.#unseen = unseen
    const button = this.#view.querySelector('[data-new]')
    button.hidden = unseen === 0 && this.#view.dataset.mode === 'tail'
    button.textContent = unseen === 0 ? '↓ Newest lines' : `↓ ${unseen} new ${unseen === 1 ? 'line' : 'lines'}`
  }
}
