// A page that its reader holds still: what happens meanwhile waits, the last of each name, and is told afterwards.
export class PausableTarget extends EventTarget {
  isPaused = false
  /** While it is paused: the seqs that each name was to tell of. */
  held = new Map()
  #last = new Map()

  pause() {
    this.isPaused = true
  }

  /** Dispatches what waited, then `resumed`. */
  resume() {
    this.isPaused = false
    const last = [...this.#last.values()]
    this.#last.clear()
    this.held.clear()
    for (const event of last) this.dispatchEvent(event)
    this.dispatchEvent(new Event('resumed'))
  }

  /** Dispatches `event` now or, while it is paused, `held` now and the event later. */
  tell(event) {
    if (!this.isPaused) return this.dispatchEvent(event)
    const { type, lastEventId } = event
    this.#last.set(type, event)
    if (lastEventId) this.held.set(type, (this.held.get(type) ?? new Set()).add(Number(lastEventId)))
    this.dispatchEvent(new Event('held'))
  }
}
