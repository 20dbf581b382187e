// A strip of links is one tab stop; arrows, Home and End move along it.
const WAYS = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: (_, last) => last }

class RunStrip extends HTMLElement {
  connectedCallback() {
    this.addEventListener('keydown', (event) => this.#move(event))
    this.addEventListener('focusin', ({ target }) => this.#rest(target))
    this.#rest(this.querySelector('[aria-current]') ?? this.lastElementChild)
  }

  /** Tab returns to the last focused link. */
  #rest(on) {
    for (const tick of this.children) tick.tabIndex = tick === on ? 0 : -1
  }

  #move(event) {
    const ticks = [...this.children]
    const to = WAYS[event.key]?.(ticks.indexOf(document.activeElement), ticks.length - 1)
    if (to === undefined) return
    event.preventDefault()
    ticks[to]?.focus()
  }
}

customElements.define('run-strip', RunStrip)
