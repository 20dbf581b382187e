// Shows a part of a log, loads more as its reader scrolls, and fetches new output when the stream announces it, with one
// request in flight. Follows the end while the reader is there. It can also show the matches of a search.
import { say, source } from '../../page/shared.js'
import { askLog, oneAtATime } from './log-ask.js'
import { grow, load, lookAgain } from './log-feed.js'
import { linked, linkedNumber } from './log-link.js'
import { LogState } from './log-state.js'

/** Lines before the one that is wanted. */
const BEFORE = 150

class LogView extends HTMLElement {
  #state = new LogState(this)
  #listening
  #fetch = oneAtATime(async () => {
    if (document.hidden || source.isPaused || this.dataset.ended !== undefined) return
    await (this.#state.isFound ? lookAgain(this.#state) : grow(this.#state))
  })
  #fill = oneAtATime(async () => {
    for (let wanted = this.#missing(); wanted; wanted = this.#missing()) await load(this.#state, wanted)
  })

  connectedCallback() {
    this.#listening = new AbortController()
    const { signal } = this.#listening
    this.#state.list.addEventListener('scroll', () => this.#scrolled(), { signal, passive: true })
    this.addEventListener('click', (event) => event.target.closest('[data-new]') && this.#follow(true, event), { signal })
    this.addEventListener('change', ({ target }) => target.matches('[data-follow]') && this.#follow(target.checked), { signal })
    this.addEventListener('log-moved', () => this.#restart(), { signal })
    for (const name of [this.dataset.event, 'ready', 'resumed']) source.addEventListener(name, () => this.#fetch(), { signal })
    document.addEventListener('visibilitychange', () => this.#arrive(), { signal })
    addEventListener('hashchange', () => this.#arrive(), { signal })
    if (this.#state.end.isFollowed) this.#state.end.reach()
    this.#arrive()
  }

  disconnectedCallback() {
    this.#listening.abort()
  }

  /** Shows the lines around a number, `{at}`; matches, `{find, level}`; or the end. */
  async show({ at, ...wanted } = {}) {
    const state = this.#state
    const turn = ++state.turn
    const part = at && { first: Math.max(1, at - BEFORE), count: 2 * BEFORE }
    const answer = await askLog(this.dataset.src, part ?? wanted).catch(() => say('The log could not be read: the server did not answer.'))
    if (!answer || turn !== state.turn) return
    state.wanted = wanted
    state.replace(answer)
    if (answer.mode === 'tail') state.end.reach()
    else if (!this.#toLinked(at)) state.list.scrollTop = 0
    // Lines that arrived during the request.
    this.#fetch()
  }

  // The line in the page's URL is fetched with its context if it is missing.
  #arrive() {
    const at = linkedNumber()
    if (!at || this.#state.isFound || this.#toLinked(at)) this.#fetch()
    else this.show({ at })
  }

  #toLinked(at) {
    const isThere = linked(this, at)
    if (isThere) this.#state.end.isFollowed = false
    return isThere
  }

  #scrolled() {
    this.#state.end.look(this.#state.lines.isAtEnd)
    requestAnimationFrame(() => this.#fill())
  }

  #missing = () => (this.#state.isFound || this.#state.end.isFollowed ? undefined : this.#state.lines.wanted())

  // It may be the log of another task by now.
  #restart() {
    this.disconnectedCallback()
    this.#state.restart()
    this.connectedCallback()
  }

  #follow(on, event) {
    event?.preventDefault()
    const { end, lines, isFound } = this.#state
    end.isFollowed = on && !isFound && lines.isAtEnd
    if (end.isFollowed) return end.reach()
    if (on && isFound) this.dispatchEvent(new Event('log-left', { bubbles: true }))
    if (on) this.show()
  }
}

customElements.define('log-view', LogView)
