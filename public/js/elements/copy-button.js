// Copies `data-copy`, or the text of the element whose id is `data-copy-of`. Over plain HTTP a page may not use the
// clipboard, so it copies a selection instead, as a person would.
import { announce, say } from '../page/say.js'

const SAID_MS = 1500

class CopyButton extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.addEventListener('click', ({ target }) => target.closest('button') && this.#copy())
  }

  async #copy() {
    const isCopied = await copy(this.dataset.copy ?? document.getElementById(this.dataset.copyOf).textContent)
    if (!isCopied) return say('Not copied: the browser did not allow it. Select the text, then press Ctrl C.')
    this.dataset.copied = ''
    announce('Copied')
    setTimeout(() => delete this.dataset.copied, SAID_MS)
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelection(text)
  }
}

function copySelection(text) {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  field.setAttribute('readonly', '')
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  focused?.focus({ preventScroll: true })
  return isCopied
}

customElements.define('copy-button', CopyButton)
