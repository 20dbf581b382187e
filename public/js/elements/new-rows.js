// Counts new rows and rows that have left the list; only a click shows or removes them.

import { PANEL } from '../live/live.js'
import { showRows } from '../live/rows.js'
import { flash } from '../page/flash.js'

class NewRows extends HTMLElement {
  connectedCallback() {
    this.onclick = () => this.show()
  }

  /** Shows how many rows wait, and how many have left the list. */
  tell({ waiting, gone }) {
    const words = [waiting && `${waiting.toLocaleString('en-US')} new`, gone && `${gone.toLocaleString('en-US')} gone`].filter(Boolean).join(', ')
    const text = waiting ? `${words}, show` : `${words}, tidy up`
    this.hidden = !words
    const place = this.querySelector('[data-words]')
    if (words && place.textContent !== text) place.textContent = text
  }

  show() {
    const hadFocus = this.contains(document.activeElement)
    const rows = showRows(this.closest(PANEL))
    rows.forEach(flash)
    rows[0]?.scrollIntoView({ block: 'nearest' })
    if (hadFocus) rows[0]?.querySelector('a')?.focus({ preventScroll: true })
  }
}

customElements.define('new-rows', NewRows)
