// Copies its `data-copy`, and says so on itself and to a screen reader.
;(() => {
  const SAID_MS = 1500

  class CopyButton extends HTMLElement {
    connectedCallback() {
      this.hidden = !navigator.clipboard
      this.querySelector('button')?.addEventListener('click', () => this.#copy())
    }

    async #copy() {
      await navigator.clipboard.writeText(this.dataset.copy ?? '')
      this.dataset.copied = ''
      const announce = document.getElementById('announce')
      if (announce) announce.textContent = 'Copied'
      setTimeout(() => delete this.dataset.copied, SAID_MS)
    }
  }

  customElements.define('copy-button', CopyButton)
})()
