// The list of all keys, with the switch that turns them off, kept in a cookie.
import htmx from 'htmx.org'

const YEAR_S = 31_536_000

class KeySheet extends HTMLElement {
  connectedCallback() {
    document.addEventListener('click', (event) => event.target.closest?.('[data-opens=keys]') && this.#open(event))
    document.addEventListener('change', ({ target }) => target.matches('[data-keys-switch]') && turn(target.checked))
  }

  #open(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const dialog = this.querySelector('dialog')
    dialog.showModal()
    htmx.trigger(dialog.querySelector('[hx-get]'), 'keys-open')
  }
}

function turn(on) {
  document.documentElement.dataset.keys = on ? 'on' : 'off'
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox and Safari of the last years.
  document.cookie = `keys=off; Path=/; Max-Age=${on ? 0 : YEAR_S}; SameSite=Strict`
}

customElements.define('key-sheet', KeySheet)
