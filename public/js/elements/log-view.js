// A task's log as it is written: fetches what is new when the stream says so, one request at a time and one behind it.
// Follows while the reader is at the end; otherwise it counts what waits below. It can show another part instead, or the
// lines that were looked for: then it stands still until the reader goes back to the end.
;(() => {
  const MOST_LINES = 500
  const NEAR_PX = 24
  const RETRY_MS = 2000

  class LogView extends HTMLElement {
    #lines = this.querySelector('.log')
    #busy = false
    #again = false
    #unseen = 0
    #following = this.dataset.mode === 'tail'
    #shown = 0
    #listening

    connectedCallback() {
      this.#listening = new AbortController()
      const { signal } = this.#listening
      this.#lines.addEventListener('scroll', () => this.#read(), { signal, passive: true })
      this.addEventListener('click', (event) => event.target.closest('[data-new]') && this.#follow(true, event), { signal })
      this.addEventListener('change', ({ target }) => target.matches('[data-follow]') && this.#follow(target.checked), { signal })
      for (const name of [this.dataset.event, 'ready', 'resumed']) telltale.source?.addEventListener(name, () => this.#fetch(), { signal })
      for (const [on, name] of [
        [document, 'visibilitychange'],
        [window, 'hashchange'],
      ])
        on.addEventListener(name, () => this.#arrive(), { signal })
      if (!this.#toLinked()) this.#toEnd()
      this.#arrive()
    }

    disconnectedCallback() {
      this.#listening.abort()
    }

    /** Shows other lines in place of these: `{at}`, `{find, level}`, or with nothing the end. */
    async show(wanted = {}) {
      const turn = ++this.#shown
      const answer = await telltale.askLog(this.dataset.src, wanted).catch(() => telltale.say?.('The log could not be read: the server did not answer.'))
      if (!answer || turn !== this.#shown) return
      const { mode, note, fresh } = answer
      this.dataset.mode = mode
      this.#following = mode === 'tail'
      this.#lines.replaceChildren(fresh)
      this.#take(answer)
      Object.assign(this.querySelector('[data-note]'), { textContent: note, hidden: note === '' })
      this.#say(0)
      this.dispatchEvent(new Event('log-shown', { bubbles: true }))
      if (this.#following) this.#toEnd()
      else if (!this.#toLinked()) this.#lines.scrollTop = 0
    }

    // A line that the page's address names and that is not there is fetched with what stands around it.
    #arrive() {
      const at = /^#L(\d+)$/.exec(location.hash)?.[1]
      if (at && !this.querySelector(location.hash) && this.dataset.mode !== 'found') this.show({ at })
      else this.#fetch()
    }

    #toLinked() {
      const line = /^#L\d+$/.test(location.hash) ? this.querySelector(location.hash) : null
      // What was put in after the address was read is no :target.
      line?.classList.add('log-linked')
      line?.scrollIntoView({ block: 'center' })
      return line !== null
    }

    async #fetch() {
      if (this.#busy) this.#again = true
      if (this.#busy || document.hidden || telltale.source?.isPaused || this.hasAttribute('data-ended') || this.dataset.mode !== 'tail') return
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
      const { src, next, line } = this.dataset
      const turn = this.#shown
      const answer = await telltale.askLog(src, { from: next, line })
      if (src !== this.dataset.src || turn !== this.#shown) return
      this.#append(answer.fresh, answer.skipped)
      this.#take(answer)
    }

    #take({ next, line, ended }) {
      Object.assign(this.dataset, { next, line })
      this.toggleAttribute('data-ended', ended)
    }

    #append(fresh, skipped) {
      const count = fresh.children.length
      // A last line without its end was shown as far as it went; it comes again, longer.
      this.#lines.querySelector('[data-partial]')?.remove()
      if (skipped) this.#lines.append(telltale.skippedRow(skipped))
      this.#lines.append(fresh)
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
      this.#following = this.dataset.mode === 'tail' && scrollTop + clientHeight >= scrollHeight - NEAR_PX
      if (this.#following) this.#say(0)
      const box = this.querySelector('[data-follow]')
      if (box) box.checked = this.#following
    }

    #follow(on, event) {
      event?.preventDefault()
      if (on && this.dataset.mode !== 'tail') this.dispatchEvent(new Event('log-left', { bubbles: true }))
      this.#following = on
      if (on) this.dataset.mode === 'tail' ? this.#toEnd() : this.show()
    }

    #toEnd() {
      this.#lines.scrollTop = this.#lines.scrollHeight
    }

    #say(unseen) {
      this.#unseen = unseen
      const button = this.querySelector('[data-new]')
      button.hidden = unseen === 0 && this.dataset.mode === 'tail'
      button.textContent = unseen === 0 ? '↓ Newest lines' : `↓ ${unseen} new ${unseen === 1 ? 'line' : 'lines'}`
    }
  }

  customElements.define('log-view', LogView)
})()
