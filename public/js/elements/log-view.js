// A task's log as it is written: fetches what is new when the stream says so, one request at a time and one behind it.
// Follows while the reader is at the end; otherwise it counts what waits below.
;(() => {
  const MOST_LINES = 500
  const NEAR_PX = 24
  const RETRY_MS = 2000

  class LogView extends HTMLElement {
    #lines = this.querySelector('.log')
    #busy = false
    #again = false
    #unseen = 0
    #following = true
    #listening

    connectedCallback() {
      this.#listening = new AbortController()
      const { signal } = this.#listening
      const { source } = telltale
      this.#lines.addEventListener('scroll', () => this.#read(), { signal, passive: true })
      this.addEventListener('click', ({ target }) => target.closest('[data-new]') && this.#follow(true), { signal })
      this.addEventListener('change', ({ target }) => target.matches('[data-follow]') && this.#follow(target.checked), { signal })
      for (const name of [this.dataset.event, 'ready', 'resumed']) source?.addEventListener(name, () => this.#fetch(), { signal })
      document.addEventListener('visibilitychange', () => this.#fetch(), { signal })
      const linked = /^#L\d+$/.test(location.hash) && this.querySelector(location.hash)
      if (linked) linked.scrollIntoView({ block: 'center' })
      else this.#toEnd()
      this.#fetch()
    }

    disconnectedCallback() {
      this.#listening.abort()
    }

    async #fetch() {
      if (this.#busy) this.#again = true
      if (this.#busy || document.hidden || telltale.source?.isPaused || this.hasAttribute('data-ended')) return
      this.#busy = true
      try {
        await this.#fetchOnce()
      } catch {
        setTimeout(() => this.#fetch(), RETRY_MS)
      }
      this.#busy = false
      if (!this.#again) return
      this.#again = false
      this.#fetch()
    }

    async #fetchOnce() {
      const { src } = this.dataset
      const url = new URL(src, location.href)
      url.searchParams.set('from', this.dataset.next)
      url.searchParams.set('line', this.dataset.line)
      const answer = await fetch(url, { headers: { Accept: 'text/html' } })
      if (!answer.ok) throw new Error(`the log answered ${answer.status}`)
      const template = document.createElement('template')
      template.innerHTML = await answer.text()
      if (src !== this.dataset.src) return
      this.#append(template.content, Number(answer.headers.get('X-Log-Skipped')))
      this.dataset.next = answer.headers.get('X-Log-Next')
      this.dataset.line = answer.headers.get('X-Log-Line')
      if (answer.headers.get('X-Log-End') === 'true') this.setAttribute('data-ended', '')
    }

    #append(fresh, skipped) {
      const count = fresh.children.length
      // A last line without its end was shown as far as it went; it comes again, longer.
      this.#lines.querySelector('[data-partial]')?.remove()
      if (skipped) this.#lines.append(skippedRow(skipped))
      this.#lines.append(fresh)
      this.dispatchEvent(new Event('log-grew', { bubbles: true }))
      this.#trim()
      if (this.#following) this.#toEnd()
      else this.#say(this.#unseen + count)
    }

    // What goes at the top must not move what is being read.
    #trim() {
      const before = this.#lines.scrollHeight
      while (this.#lines.children.length > MOST_LINES) this.#lines.firstElementChild.remove()
      this.#lines.scrollTop -= before - this.#lines.scrollHeight
    }

    #read() {
      const { scrollTop, clientHeight, scrollHeight } = this.#lines
      this.#following = scrollTop + clientHeight >= scrollHeight - NEAR_PX
      if (this.#following) this.#say(0)
      const box = this.querySelector('[data-follow]')
      if (box) box.checked = this.#following
    }

    #follow(on) {
      this.#following = on
      if (on) this.#toEnd()
    }

    #toEnd() {
      this.#lines.scrollTop = this.#lines.scrollHeight
    }

    #say(unseen) {
      this.#unseen = unseen
      const button = this.querySelector('[data-new]')
      if (!button) return
      button.hidden = unseen === 0
      button.textContent = `↓ ${unseen} new ${unseen === 1 ? 'line' : 'lines'}`
    }
  }

  function skippedRow(count) {
    const row = document.createElement('li')
    row.className = 'log-skipped'
    row.textContent = `… ${count} lines were skipped here; download the log to see them all.`
    return row
  }

  customElements.define('log-view', LogView)
})()
