// While a page is paused, the last nudge of each name waits.
export class PausableTarget extends EventTarget {
  isPaused = false
  /** While paused: the last seqs of each name. */
  held = new Map()
  #last = new Map()

  pause() {
    this.isPaused = true
  }

  /** Dispatches what waits, then `resumed`. */
  resume() {
    this.isPaused = false
    const last = [...this.#last.values()]
    this.#last.clear()
    this.held.clear()
    for (const event of last) this.dispatchEvent(event)
    this.dispatchEvent(new Event('resumed'))
  }

  /** Dispatches `event`, or while paused `held`, and the event later. */
  tell(event) {
    if (!this.isPaused) return this.dispatchEvent(event)
    const { type, lastEventId } = event
    this.#last.set(type, event)
    if (lastEventId) this.held.set(type, (this.held.get(type) ?? new Set()).add(Number(lastEventId)))
    this.dispatchEvent(new Event('held'))
  }
}
