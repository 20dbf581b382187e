import type { App } from '../../live/app.ts'
import { TELLTALE } from '../../log/actor.ts'
import { events } from '../events.ts'

const REASON_CHARACTERS = 500

interface Logged {
  available: boolean
  state?: string
}

export class Health {
  readonly #app: App
  readonly #component: string
  #logged: Logged | undefined

  constructor(app: App, name: string) {
    this.#app = app
    this.#component = `upstream:${name}`
  }

  /** Logs a changed state, even since an earlier run, and each loss. Never throws. */
  async report(available: boolean, state: 'live' | 'waiting' | 'refused' | 'lossy', reason: string) {
    try {
      this.#logged ??= await this.#last()
      if (this.#logged?.available === available && this.#logged.state === state && state !== 'lossy') return
      const payload = { component_id: this.#component, available, reason: reason.slice(0, REASON_CHARACTERS).toWellFormed(), state }
      await this.#app.mutate({ actor: TELLTALE }, (tx) => tx.emit(events.healthChanged, this.#subject, payload))
      this.#logged = { available, state }
    } catch (error) {
      this.#app.log.error(`could not record that ${this.#component} is ${state}`, error)
    }
  }

  get #subject() {
    return `component:${this.#component}`
  }

  async #last(): Promise<Logged | undefined> {
    const event = await this.#app.db
      .selectFrom('events')
      .select('payload')
      .where('subject', '=', this.#subject)
      .where('source', '=', 'local')
      .where('kind', '=', 'component.health_changed')
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    return event && (JSON.parse(event.payload) as Logged)
  }
}
