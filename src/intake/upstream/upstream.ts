import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { backOff } from '../../client/wire.js'
import { targetOf, type UpstreamConfig } from '../../config/upstream.ts'
import type { Ms } from '../../db/index.ts'
import type { App } from '../../live/app.ts'
import { Health } from './health.ts'
import { cursorOf, take } from './intake.ts'
import { command } from './sources/command.ts'
import { ndjson } from './sources/ndjson.ts'
import { type Arrival, Busy, type Reading, Refusal } from './sources/source.ts'
import { sse } from './sources/sse.ts'
import { telltale } from './sources/telltale.ts'

export interface Pace {
  firstMs: number
  longestMs: number
  refusedMs: number
  /** After a connection of this length, the back-off starts over. */
  goodMs: number
  /** A stream without a byte for this long is dead: servers commonly send a comment every 15 s. */
  silenceMs: number
}
export const PACE: Pace = { firstMs: 1_000, longestMs: 30_000, refusedMs: 30_000, goodMs: 30_000, silenceMs: 45_000 }

const BATCH = 200

export interface UpstreamState {
  name: string
  kind: UpstreamConfig['kind']
  target: string
  state: 'connecting' | 'live' | 'waiting' | 'stopped' | 'refused'
  since: Ms
  last_event_at: Ms | null
  received: number
  duplicates: number
  refused: number
  losses: number
  retries: number
  next_try_ms: number | null
  last_error: string | null
}

export class Upstream {
  readonly #app: App
  readonly #config: UpstreamConfig
  readonly #pace: Pace
  readonly #health: Health
  readonly #state: UpstreamState
  #cursor: string | undefined
  #tries = 0
  #retryMs = 0
  #nextTry = 0

  constructor(app: App, config: UpstreamConfig, pace: Pace) {
    this.#app = app
    this.#config = config
    this.#pace = pace
    this.#health = new Health(app, config.name)
    const counts = { received: 0, duplicates: 0, refused: 0, losses: 0, retries: 0 }
    const { name, kind } = config
    this.#state = {
      name,
      kind,
      target: targetOf(config),
      state: 'stopped',
      since: app.clock.now(),
      last_event_at: null,
      ...counts,
      next_try_ms: null,
      last_error: null,
    }
  }

  get state(): UpstreamState {
    const isPausing = this.#state.state === 'waiting' || this.#state.state === 'refused'
    return { ...this.#state, next_try_ms: isPausing && this.#nextTry > 0 ? Math.max(0, Math.round(this.#nextTry - performance.now())) : null }
  }

  async run(signal: AbortSignal) {
    this.#tries = 0
    if ('refusal' in this.#config && this.#config.refusal) await this.#refuse(this.#config.refusal, signal)
    while (!signal.aborted) {
      this.#enter('connecting')
      const error = await this.#read(signal)
      if (signal.aborted) break
      await this.#wait(error, signal)
    }
    this.#enter('stopped')
  }

  async #refuse(reason: string, signal: AbortSignal) {
    this.#note(reason)
    this.#enter('refused')
    await this.#health.report(false, 'refused', reason)
    if (!signal.aborted) await once(signal, 'abort')
  }

  async #read(signal: AbortSignal): Promise<Error | undefined> {
    const began = performance.now()
    try {
      this.#cursor ??= await cursorOf(this.#app, this.#config.name)
      for await (const arrivals of this.#open({ cursor: this.#cursor, signal, silenceMs: this.#pace.silenceMs })) {
        if (this.#state.state !== 'live') await this.#isLive()
        for (let i = 0; i < arrivals.length; i += BATCH) await this.#take(arrivals.slice(i, i + BATCH))
      }
      return undefined
    } catch (error) {
      return error as Error
    } finally {
      if (this.#state.state === 'live' && performance.now() - began >= this.#pace.goodMs) this.#tries = 0
    }
  }

  #open(reading: Reading): AsyncGenerator<Arrival[]> {
    const config = this.#config
    if (config.kind === 'command') return command(config, reading)
    return { telltale, sse, ndjson }[config.kind](config, reading)
  }

  async #isLive() {
    this.#enter('live')
    await this.#health.report(true, 'live', 'its events arrive')
  }

  async #take(arrivals: readonly Arrival[]) {
    const { received, duplicates, refused, refusal } = await take(this.#app, this.#config, arrivals)
    const state = this.#state
    state.received += received
    state.duplicates += duplicates
    state.refused += refused
    if (received > 0) state.last_event_at = this.#app.clock.now()
    if (refusal) this.#note(`events were refused: ${refusal}`)
    // Sources without a cursor start over each time, so their events do not show a healthy connection.
    if (received > 0 && (this.#config.kind === 'telltale' || this.#config.kind === 'sse')) this.#tries = 0
    for (const { cursor, lost, retry } of arrivals) {
      this.#cursor = cursor ?? this.#cursor
      this.#retryMs = retry ?? this.#retryMs
      if (lost !== undefined) await this.#isLost(lost)
    }
  }

  async #isLost(why: string) {
    this.#state.losses++
    this.#note(`events were lost: ${why}`)
    await this.#health.report(true, 'lossy', `events were lost: ${why}`)
  }

  /** A broken connection gets one retry before the upstream is reported as unavailable. */
  async #wait(error: Error | undefined, signal: AbortSignal) {
    const wasLive = this.#state.state === 'live'
    const state = error instanceof Refusal ? 'refused' : 'waiting'
    if (error) this.#note(error.message)
    this.#enter(state)
    const ms = this.#pauseMs(error)
    this.#nextTry = performance.now() + ms
    this.#state.retries++
    if (error && (!wasLive || state === 'refused')) await this.#health.report(false, state, error.message)
    await pause(ms, undefined, { signal }).catch(() => {})
  }

  #pauseMs(error: Error | undefined): number {
    const { firstMs, longestMs, refusedMs } = this.#pace
    if (error instanceof Refusal) return refusedMs
    const least = Math.max(Math.min(this.#retryMs, longestMs), error instanceof Busy ? error.retryMs : 0)
    return Math.max(least, backOff(this.#tries++, firstMs, longestMs))
  }

  #enter(state: UpstreamState['state']) {
    Object.assign(this.#state, { state, since: this.#app.clock.now() })
  }

  #note(what: string) {
    if (this.#state.last_error !== what) this.#app.log.info(`upstream ${this.#config.name}: ${what}`)
    this.#state.last_error = what
  }
}
