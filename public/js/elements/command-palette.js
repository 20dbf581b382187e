// The focus stays in the field: arrows move through the server's list, Enter takes the active option, Escape closes.
import htmx from 'htmx.org'
import { press } from './key-map.js'

const OPTION = '[role=option]:not([aria-disabled])'

class CommandPalette extends HTMLElement {
  #dialog = this.querySelector('dialog')
  #input = this.querySelector('[role=combobox]')
  /** The text of the current list; Enter waits until it matches the field. */
  #shown
  #isAwaited = false

  connectedCallback() {
    document.addEventListener('keydown', (event) => isOpener(event) && this.#toggle(event))
    document.addEventListener('click', (event) => event.target.closest?.('[data-opens=palette]') && !isElsewhere(event) && this.#toggle(event))
    this.addEventListener('keydown', (event) => this.#move(event))
    this.addEventListener('click', (event) => this.#clicked(event))
    this.addEventListener('pointermove', ({ target }) => this.#mark(target.closest(OPTION)))
    this.addEventListener('htmx:afterRequest', ({ detail }) => detail.elt === this.#input && detail.successful && this.#arrived(detail))
  }

  get #options() {
    return [...this.querySelectorAll(OPTION)]
  }

  get #marked() {
    return this.querySelector('[aria-selected=true]')
  }

  #toggle(event) {
    event.preventDefault()
    if (this.#dialog.open) return this.#dialog.close()
    if (document.querySelector('dialog[open]')) return
    this.#input.value = ''
    this.#dialog.showModal()
    htmx.trigger(this.#input, 'palette-open')
  }

  #arrived({ requestConfig }) {
    this.#shown = requestConfig.parameters.q ?? ''
    this.#mark(this.#options[0])
    if (this.#isAwaited) this.#take()
  }

  #mark(option) {
    if (!option || option === this.#marked) return
    this.#marked?.setAttribute('aria-selected', 'false')
    option.setAttribute('aria-selected', 'true')
    option.scrollIntoView({ block: 'nearest' })
    this.#input.setAttribute('aria-activedescendant', option.id)
  }

  #move(event) {
    const options = this.#options
    const at = options.indexOf(this.#marked)
    const targets = { ArrowDown: (at + 1) % options.length, ArrowUp: (at - 1 + options.length) % options.length }
    // Home and End move the caret in the field.
    if (this.#input.value === '') Object.assign(targets, { Home: 0, End: options.length - 1 })
    if (event.target !== this.#input) return
    if (event.key === 'Enter' && !event.isComposing) this.#take()
    else if (event.key in targets) this.#mark(options[targets[event.key]])
    else return
    event.preventDefault()
  }

  #take() {
    this.#isAwaited = this.#shown !== this.#input.value
    if (!this.#isAwaited) this.#marked?.click()
  }

  #clicked({ target }) {
    const option = target.closest(OPTION)
    if (target !== this.#dialog && !option) return
    this.#dialog.close()
    if (option?.dataset.press) press(option.dataset.press)
  }
}

const isOpener = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey
const isElsewhere = ({ ctrlKey, metaKey, shiftKey }) => ctrlKey || metaKey || shiftKey

customElements.define('command-palette', CommandPalette)
