// Counts the rows that wait and those that have left the list. A click shows the former and removes the latter.

import { PANEL } from '../live/live.js'
import { showRows } from '../rows/rows.js'

class NewRows extends HTMLElement {
  connectedCallback() {
    this.onclick = () => this.#show()
  }

  tell({ waiting, gone }) {
    const words = [waiting && `${waiting.toLocaleString('en-US')} new`, gone && `${gone.toLocaleString('en-US')} gone`].filter(Boolean).join(', ')
    const text = waiting ? `${words}, show` : `${words}, tidy up`
    this.hidden = !words
    const place = this.querySelector('[data-words]')
    if (words && place.textContent !== text) place.textContent = text
  }

  #show() {
    const hadFocus = this.contains(document.activeElement)
    const [first] = showRows(this.closest(PANEL))
    first?.scrollIntoView({ block: 'nearest' })
    if (hadFocus) first?.querySelector('a')?.focus({ preventScroll: true })
  }
}

customElements.define('new-rows', NewRows)
