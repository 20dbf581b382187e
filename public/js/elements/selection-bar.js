// Counts the chosen rows of its table; while there are any, the table is frozen (see dom-guards.js) and the bar says so.
;(() => {
  const BOX = 'input[type=checkbox][name=id]'

  class SelectionBar extends HTMLElement {
    #listening

    connectedCallback() {
      this.#listening = new AbortController()
      const { signal } = this.#listening
      document.addEventListener('change', ({ target }) => this.#changed(target), { signal })
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

    #changed(target) {
      if (target.matches('[data-select-all]')) this.#all(target.checked)
      else if (target.matches(BOX)) this.#tell()
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
      for (const words of this.querySelectorAll('[data-count-text]')) words.textContent = `${count} selected`
      const all = this.#panel.querySelector('[data-select-all]')
      if (all) {
        all.checked = count > 0 && count === boxes.length
        all.indeterminate = count > 0 && count < boxes.length
      }
      if (was && !count) this.#thaw()
    }

    #thaw() {
      const panel = this.closest('[hx-trigger^="sse:"]')
      if (panel) telltale.refresh(panel)
    }
  }

  customElements.define('selection-bar', SelectionBar)
})()
