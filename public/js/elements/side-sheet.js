// A form over the right of any page, which stays live beside it. A link with `data-opens=sheet` opens it.
import htmx from 'htmx.org'
import { holdsEdit } from '../page/in-hand.js'
import { say } from '../page/say.js'

const FIRST = '.sheet-body :is(textarea, input:not([type=hidden]), select, a)'
const YEAR_S = 31_536_000

const focusIn = (form) => (form.querySelector('[autofocus]') ?? form.querySelector(FIRST))?.focus({ preventScroll: true })

class SideSheet extends HTMLElement {
  #opener
  #another = false
  /** What is typed while the form is on its way, for its first field; undefined at other times. */
  #typed

  connectedCallback() {
    document.addEventListener('click', (event) => this.#clicked(event))
    document.addEventListener('keydown', (event) => this.#catch(event), true)
    this.addEventListener('click', ({ target }) => target.closest('[data-closes]') && this.#close())
    this.addEventListener('keydown', (event) => event.key === 'Escape' && !event.defaultPrevented && !this.querySelector('.menu[open]') && this.#close())
    this.addEventListener('htmx:beforeSend', () => {
      this.#another = this.querySelector('[data-another]')?.checked ?? false
    })
    this.addEventListener('htmx:afterSettle', () => this.#arrived())
  }

  #clicked(event) {
    const link = event.target.closest?.('[data-opens=sheet]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const own = document.querySelector('#main #task-form')
    if (own && link.pathname === location.pathname) return focusIn(own)
    this.#open(link)
  }

  async #open(link) {
    if (!this.hidden && this.dataset.of === link.href) return focusIn(this)
    if (!this.#mayGo()) return
    this.#opener = this.contains(document.activeElement) ? this.#opener : document.activeElement
    const fills = document.querySelector('[data-fills]')?.dataset.fills
    const path = link.pathname + (link.search || (fills ? `?${fills}` : ''))
    this.#typed = ''
    const answer = await fetch(`/ui${path}`, { headers: { 'HX-Request': 'true' } }).catch(() => undefined)
    if (!answer?.ok) return location.assign(link.href)
    htmx.swap(this, await answer.text(), { swapStyle: 'innerHTML', settleDelay: 0 })
    this.dataset.of = link.href
    this.hidden = false
    focusIn(this)
    if (this.#typed) document.execCommand('insertText', false, this.#typed)
    this.#typed = undefined
  }

  #catch(event) {
    const { key, ctrlKey, metaKey, altKey } = event
    if (this.#typed === undefined || key.length > 1 || ctrlKey || metaKey || altKey) return
    this.#typed += key
    event.preventDefault()
    event.stopImmediatePropagation()
  }

  /** Whether nothing typed is lost. */
  #mayGo() {
    return this.hidden || !holdsEdit(this) || confirm('Discard what you have typed?')
  }

  #close() {
    if (!this.#mayGo()) return
    this.#empty()
    const isGone = !this.#opener?.isConnected || this.#opener === document.body
    ;(isGone ? document.getElementById('main') : this.#opener).focus({ preventScroll: true })
  }

  #empty() {
    this.hidden = true
    this.replaceChildren()
  }

  #arrived() {
    const link = this.querySelector('[data-created] a')
    const another = this.querySelector('[data-another]')
    if (another) another.checked = this.#another
    if (!link || this.#another) return
    say(`Created “${link.textContent}”.`, { href: link.href, action: 'Open', stays: false })
    this.#close()
  }
}

/** A form's rarely used fields stay open on the next page, too. */
function remember({ target }) {
  const name = target.dataset?.keepsOpen
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox and Safari of the last years.
  if (name) document.cookie = `${name}=open; Path=/; Max-Age=${target.open ? YEAR_S : 0}; SameSite=Strict`
}

document.addEventListener('toggle', remember, true)
document.addEventListener('keydown', ({ key, ctrlKey, metaKey, target, isComposing }) => {
  if (key === 'Enter' && (ctrlKey || metaKey) && !isComposing && target.form?.method === 'post') target.form.requestSubmit()
})
customElements.define('side-sheet', SideSheet)
