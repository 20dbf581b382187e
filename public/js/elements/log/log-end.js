const NEAR_PX = 24

const counted = (count, what = '') => `${count.toLocaleString('en-US')} ${what}${count === 1 ? 'line' : 'lines'}`

/** The end of a log: followed while its reader is there; otherwise a button counts the lines that wait below. */
export class LogEnd {
  #view
  #list
  #isFollowed
  #unseen = 0
  #mode

  constructor(view, list) {
    this.#view = view
    this.#list = list
    this.#isFollowed = view.dataset.mode === 'tail'
  }

  get isFollowed() {
    return this.#isFollowed
  }

  set isFollowed(isFollowed) {
    // This is set at every scroll.
    if (isFollowed === this.#isFollowed && this.#unseen === 0 && this.#mode === this.#view.dataset.mode) return
    this.#mode = this.#view.dataset.mode
    this.#isFollowed = isFollowed
    this.#view.querySelector('[data-follow]').checked = isFollowed
    if (isFollowed) this.#unseen = 0
    this.say()
  }

  /** After a scroll: whether the reader is at the end. */
  look(isWhole) {
    const { scrollTop, clientHeight, scrollHeight } = this.#list
    this.isFollowed = isWhole && this.#view.dataset.mode === 'tail' && scrollTop + clientHeight >= scrollHeight - NEAR_PX
  }

  reach() {
    this.#list.scrollTop = this.#list.scrollHeight
  }

  /** `last` is the number of the last line. */
  grew(count, last) {
    this.#view.querySelector('[data-count]').textContent = counted(last)
    if (this.#isFollowed) return this.reach()
    this.#unseen += count
    this.say()
  }

  say() {
    const unseen = this.#unseen
    const button = this.#view.querySelector('[data-new]')
    button.hidden = this.#isFollowed || (unseen === 0 && this.#view.dataset.mode === 'tail')
    button.textContent = unseen === 0 ? '↓ Newest lines' : `↓ ${counted(unseen, 'new ')}`
  }
}
