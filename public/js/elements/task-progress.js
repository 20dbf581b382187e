// The progress of a running task updates in place, by pulses, without fetching any part of the page.
import { source } from '../live/source.js'
import { progressWords } from '../words/progress.js'

class TaskProgress extends HTMLElement {
  #stop

  connectedCallback() {
    const name = `${this.dataset.task}-progress`
    const show = ({ data }) => this.#show(JSON.parse(data))
    source.addEventListener(name, show)
    this.#stop = () => source.removeEventListener(name, show)
  }

  disconnectedCallback() {
    this.#stop?.()
  }

  #show(progress) {
    const bar = this.querySelector('progress')
    this.hidden = false
    bar.hidden = !progress.total
    bar.max = progress.total || 1
    bar.value = progress.done
    this.querySelector('.progress-words').textContent = progressWords(progress)
  }
}

customElements.define('task-progress', TaskProgress)
