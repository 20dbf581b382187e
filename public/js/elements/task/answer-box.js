// The form that answers a running command. It takes the focus when the command asks and nothing else has it, hides what
// is typed if wanted, and tells the command's terminal how many columns and rows the log has room for.
const RESIZED_MS = 400

class AnswerBox extends HTMLElement {
  static observedAttributes = ['data-asking', 'data-hidden']

  #watch
  #due
  #told = ''

  connectedCallback() {
    this.addEventListener('change', ({ target }) => target.name === 'secret' && this.#hide(target.checked))
    if (this.dataset.asking !== undefined) this.#focus()
    const log = document.querySelector('log-view .log')
    if (this.dataset.terminal === undefined || !log) return
    this.#watch = new ResizeObserver(() => {
      clearTimeout(this.#due)
      this.#due = setTimeout(() => this.#tell(sizeOf(log)), RESIZED_MS)
    })
    this.#watch.observe(log)
  }

  disconnectedCallback() {
    this.#watch?.disconnect()
    clearTimeout(this.#due)
  }

  /** After the swap of which this is a part: it leaves a field alone that has the focus. */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) return
    requestAnimationFrame(() => {
      if (name === 'data-hidden') this.#hide(now !== null)
      else if (now !== null) this.#focus()
    })
  }

  #focus() {
    if (document.activeElement === document.body) this.querySelector('[name="text"]')?.focus({ preventScroll: true })
  }

  #hide(isHidden) {
    this.querySelector('[name="text"]').type = isHidden ? 'password' : 'text'
    this.querySelector('[name="secret"]').checked = isHidden
  }

  #tell(size) {
    const body = JSON.stringify({ resize: size })
    if (body === this.#told || document.hidden) return
    this.#told = body
    // If it does not arrive, the terminal keeps its size.
    fetch(this.dataset.src, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => {})
  }
}

/** In characters of the log's own font. */
function sizeOf(log) {
  const ruler = document.createElement('span')
  ruler.textContent = '0'.repeat(100)
  ruler.className = 'log-ruler'
  log.append(ruler)
  const { width, height } = ruler.getBoundingClientRect()
  const number = log.querySelector('.log-number')?.getBoundingClientRect().width ?? 0
  ruler.remove()
  const count = (room, each) => Math.max(20, Math.min(1000, Math.floor(room / each)))
  return { cols: count(log.clientWidth - number, width / 100), rows: count(log.clientHeight, height) }
}

customElements.define('answer-box', AnswerBox)
