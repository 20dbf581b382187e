// Fetches new output when the stream announces it, with one request in flight and one pending. Follows the end while the
// reader is there; otherwise it counts new lines, or shows another part or the matches of a search.
import { say, source } from '../../page/shared.js'
import { askLog, isSameLog, oneAtATime } from './log-ask.js'
import { LogEnd } from './log-end.js'

/** A search covers the whole log, so it is repeated no more often than this. */
const LOOK_MS = 1000

class LogView extends HTMLElement {
  #lines = this.querySelector('.log')
  #end = new LogEnd(this, this.#lines)
  #shown = 0
  #wanted = { find: this.querySelector('[data-find]').value, level: this.querySelector('[data-level]').value }
  #listening
  #fetch = oneAtATime(async () => {
    const { mode, ended } = this.dataset
    if (document.hidden || source.isPaused || ended !== undefined || mode === 'part') return
    await (mode === 'found' ? this.#lookAgain() : this.#more())
  })

  connectedCallback() {
    this.#listening = new AbortController()
    const { signal } = this.#listening
    this.#lines.addEventListener('scroll', () => this.#end.look(), { signal, passive: true })
    this.addEventListener('click', (event) => event.target.closest('[data-new]') && this.#follow(true, event), { signal })
    this.addEventListener('change', ({ target }) => target.matches('[data-follow]') && this.#follow(target.checked), { signal })
    this.addEventListener('log-moved', () => this.#fetch(), { signal })
    for (const name of [this.dataset.event, 'ready', 'resumed']) source.addEventListener(name, () => this.#fetch(), { signal })
    document.addEventListener('visibilitychange', () => this.#arrive(), { signal })
    addEventListener('hashchange', () => this.#arrive(), { signal })
    if (!this.#toLinked()) this.#end.reach()
    this.#arrive()
  }

  disconnectedCallback() {
    this.#listening.abort()
  }

  /** Shows other lines: `{at}`, `{find, level}`, or the end. */
  async show(wanted = {}) {
    const turn = ++this.#shown
    const answer = await askLog(this.dataset.src, wanted).catch(() => say('The log could not be read: the server did not answer.'))
    if (!answer || turn !== this.#shown) return
    this.#wanted = wanted
    this.#replace(answer)
    if (this.#end.isFollowed) this.#end.reach()
    else if (!this.#toLinked()) this.#lines.scrollTop = 0
    // Lines that arrived during the request.
    this.#fetch()
  }

  #replace(answer) {
    const { mode, note, fresh } = answer
    this.#shown++
    this.dataset.mode = mode
    this.#end.isFollowed = mode === 'tail'
    this.#lines.replaceChildren(fresh)
    this.#take(answer)
    Object.assign(this.querySelector('[data-note]'), { textContent: note, hidden: note === '' })
    this.#end.say(0)
    this.dispatchEvent(new Event('log-shown', { bubbles: true }))
  }

  // The line in the page's URL is fetched with its context if it is missing.
  #arrive() {
    const at = /^#L(\d+)$/.exec(location.hash)?.[1]
    if (at && !this.querySelector(location.hash) && this.dataset.mode !== 'found') this.show({ at })
    else this.#fetch()
  }

  #toLinked() {
    const line = /^#L\d+$/.test(location.hash) ? this.querySelector(location.hash) : null
    // Lines inserted after the URL was read are no :target.
    line?.classList.add('log-linked')
    line?.scrollIntoView({ block: 'center' })
    return line !== null
  }

  async #more() {
    const { src, next, line } = this.dataset
    const turn = this.#shown
    const answer = await askLog(src, { from: next, line })
    if (src !== this.dataset.src || turn !== this.#shown) return
    this.#end.grow(answer.fresh, answer.skipped)
    this.#take(answer)
  }

  /** New output may match the search. */
  async #lookAgain() {
    const turn = this.#shown
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const answer = turn === this.#shown && (await askLog(this.dataset.src, this.#wanted))
    if (turn !== this.#shown) return
    // Unchanged lines stay, and with them the selection.
    if (isSameLog(this.#lines, answer.fresh)) return this.#take(answer)
    const { scrollTop } = this.#lines
    this.#replace(answer)
    this.#lines.scrollTop = scrollTop
  }

  #take({ next, line, ended }) {
    Object.assign(this.dataset, { next, line })
    this.toggleAttribute('data-ended', ended)
  }

  #follow(on, event) {
    event?.preventDefault()
    if (on && this.dataset.mode !== 'tail') this.dispatchEvent(new Event('log-left', { bubbles: true }))
    this.#end.isFollowed = on
    if (on) this.dataset.mode === 'tail' ? this.#end.reach() : this.show()
  }
}

customElements.define('log-view', LogView)
