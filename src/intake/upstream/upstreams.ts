import { setTimeout as pause } from 'node:timers/promises'
import { type App, perApp } from '../../live/app.ts'
import { PACE, type Pace, Upstream, type UpstreamState } from './upstream.ts'

/** A command has two seconds to end and half a second to die; nothing else takes as long. */
const STOP_MS = 4_000

export class Upstreams {
  readonly #upstreams: readonly Upstream[]
  #reading: AbortController | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(app: App, pace: Pace = PACE) {
    this.#upstreams = app.config.upstreams.map((config) => new Upstream(app, config, pace))
  }

  async start() {
    if (this.#reading) return
    this.#reading = new AbortController()
    const { signal } = this.#reading
    this.#ended = this.#ended.then(() => Promise.all(this.#upstreams.map((upstream) => upstream.run(signal))))
  }

  async stop() {
    this.#reading?.abort()
    this.#reading = undefined
    await Promise.race([this.#ended, pause(STOP_MS, undefined, { ref: false })])
  }

  states(): UpstreamState[] {
    return this.#upstreams.map(({ state }) => state)
  }
}

export const upstreams = perApp((app) => new Upstreams(app))
