// Counts the selected rows, during which the table is frozen (see rows/rows.js). Shift selects a range, Escape clears the
// selection.
import { PANEL, refresh } from '../live/live.js'

const BOX = 'input[type=checkbox][name=id]'

class SelectionBar extends HTMLElement {
  #listening
  #last

  connectedCallback() {
    this.#listening = new AbortController()
    const { signal } = this.#listening
    document.addEventListener('change', ({ target }) => this.#changed(target), { signal })
    document.addEventListener('click', (event) => this.#clicked(event), { signal })
    document.addEventListener('keydown', (event) => this.#pressed(event), { signal })
    document.addEventListener('htmx:afterSwap', () => this.#tell(), { signal })
    this.addEventListener('click', ({ target }) => target.closest('[data-clear]') && this.#all(false), { signal })
    this.#tell()
  }

  disconnectedCallback() {
    this.#listening.abort()
  }

  get #panel() {
    return this.closest('.panel') ?? document
  }

  get #boxes() {
    return [...this.#panel.querySelectorAll(BOX)]
  }

  get #everything() {
    return this.querySelector('[data-all]')
  }

  #changed(target) {
    if (target.matches('[data-select-all]')) this.#all(target.checked)
    else if (target.matches(BOX) || target === this.#everything) this.#tell()
  }

  #clicked({ target, shiftKey }) {
    const boxes = this.#boxes
    if (!boxes.includes(target)) return
    const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(target)].sort((a, b) => a - b)
    if (shiftKey && from >= 0) for (const box of boxes.slice(from, to + 1)) box.checked = target.checked
    this.#last = target
    this.#tell()
  }

  #pressed({ key }) {
    if (key !== 'Escape' || !this.dataset.count || document.querySelector('details.menu[open], dialog[open]')) return
    this.#all(false)
  }

  #all(checked) {
    for (const box of this.#boxes) box.checked = checked
    this.#tell()
  }

  #tell() {
    const boxes = this.#boxes
    const count = boxes.filter(({ checked }) => checked).length
    const was = Number(this.dataset.count ?? 0)
    if (count) this.dataset.count = count
    else delete this.dataset.count
    if (!count && this.#everything) this.#everything.checked = false
    if (count) this.#say(this.#everything?.checked ? 'On every page' : `${count} selected`)
    this.#tellHeader(count, boxes.length)
    if (was && !count) this.#thaw()
  }

  #say(words) {
    const place = this.querySelector('[data-count-text]')
    if (place.textContent !== words) place.textContent = words
  }

  #tellHeader(count, of) {
    const all = this.#panel.querySelector('[data-select-all]')
    if (!all) return
    all.checked = count > 0 && count === of
    all.indeterminate = count > 0 && count < of
  }

  #thaw() {
    const panel = this.closest(PANEL)
    if (panel) refresh(panel)
  }
}

customElements.define('selection-bar', SelectionBar)
