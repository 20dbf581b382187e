import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inWords } from '../config/retention.ts'
import { compact, spaceOf } from '../db/index.ts'
import { type App, perApp } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import { head } from '../log/log.ts'
import { forgetAnswers } from '../log/mutate.ts'
import { headBefore, mark, prune } from '../log/prune.ts'
import { forgetMinutes } from '../queues/throughput.ts'
import { dropOutput, type Kept, keptOutput, purge, retire } from '../tasks/retire.ts'
import { every } from '../time/every.ts'
import { limits, retention } from './retention.ts'

const PURGE_MS = 2_000
const SWEEP_MS = 3_600_000
const FIRST_SWEEP_MS = 30_000
const BREATH_MS = 20
const MOST_WAITING = 5
const MOST_BATCHES = 2_000
const COMPACT_PAGES = 256
const COMPACT_FROM_BYTES = 16_777_216
const LEAST_EVENTS = 10_000

class Janitor {
  readonly #app: App
  #stopped = false
  #leavesTraces = false

  constructor(app: App) {
    this.#app = app
  }

  start(also: (app: App) => Promise<number>): () => Promise<void> {
    let sweepAt = performance.now() + FIRST_SWEEP_MS
    const tidy = async () => {
      if (performance.now() < sweepAt) return this.purge()
      sweepAt = performance.now() + SWEEP_MS
      await this.sweep()
      await this.#batches(() => also(this.#app))
    }
    const stop = every(PURGE_MS, tidy, (error) => this.#app.log.error('old data could not be removed', error))
    return () => {
      this.#stopped = true
      return stop()
    }
  }

  async purge() {
    await this.#batches(async () => {
      const purged = await purge(this.#app)
      this.#leavesTraces ||= purged > 0
      return purged
    })
    if (this.#leavesTraces) this.#leavesTraces = !this.#app.database.checkpoint()
  }

  async sweep() {
    const app = this.#app
    const { 'keep-tasks': tasks, 'keep-logs': logs, 'keep-events': events, 'max-data': size } = await limits(app.db, app.config)
    const [age, output] = await retention(app.db, app.config)
    const before = (ms: number) => app.clock.now() - ms
    await mark(app)
    await this.purge()
    if (tasks < Number.POSITIVE_INFINITY) await this.#batches(() => retire(app, before(tasks), `ended more than ${age?.value} ago`))
    if (events < Number.POSITIVE_INFINITY) {
      const last = await headBefore(app.db, before(events))
      await this.#batches(() => prune(app, last))
    }
    await app.mutate({ actor: TELLTALE }, async ({ db, now, forgetKinds }) => {
      await forgetAnswers(db, now)
      await forgetKinds()
    })
    await this.#batches(async () => (await app.mutate({ actor: TELLTALE }, forgetMinutes)).value)
    const kept = await this.#sweepOutput(before(logs), `after ${inWords(output?.value ?? '')}`)
    if (size < Number.POSITIVE_INFINITY) await this.#shrink(kept, size)
    await this.#compact()
  }

  async #sweepOutput(before: number, when: string): Promise<Kept[]> {
    const kept: Kept[] = []
    for await (const one of keptOutput(this.#app)) {
      if (this.#stopped) break
      if (one.ended_at !== null && one.ended_at < before) await dropOutput(this.#app, one.id, when)
      else kept.push(one)
    }
    return kept
  }

  async #shrink(kept: Kept[], most: number) {
    const app = this.#app
    let output = kept.reduce((sum, { bytes }) => sum + bytes, 0)
    const ended = kept.filter(({ ended_at }) => ended_at !== null).sort((a, b) => (a.ended_at as number) - (b.ended_at as number))
    // PostgreSQL keeps the space of what was removed, so that its size does not show what is left: there, output alone counts.
    const database = async () => (app.database.outputs ? 0 : this.#database())
    for (const { id, bytes } of ended) {
      if (this.#stopped || output + (await database()) <= most) return
      await dropOutput(app, id, 'because the data folder was full')
      output -= bytes
    }
    if (app.database.outputs) return
    await this.#batches(async () => {
      if (output + (await database()) <= most) return 0
      const last = (await head(app.db)) - LEAST_EVENTS
      return (await retire(app, app.clock.now(), 'the data folder is full')) + (await prune(app, last))
    })
  }

  async #database(): Promise<number> {
    const { bytes, free_bytes } = await spaceOf(this.#app.db)
    const wal = await stat(join(this.#app.config.data, 'telltale.db-wal')).then(
      ({ size }) => size,
      () => 0,
    )
    return bytes - free_bytes + wal
  }

  async #compact() {
    if ((await spaceOf(this.#app.db)).free_bytes < COMPACT_FROM_BYTES) return
    await this.#batches(async () => {
      await this.#app.mutate({ actor: TELLTALE }, ({ db }) => compact(db, COMPACT_PAGES))
      return (await spaceOf(this.#app.db)).free_bytes
    })
  }

  async #batches(act: () => Promise<number>) {
    for (let i = 0; i < MOST_BATCHES && !this.#stopped; i++) {
      while (this.#app.mutate.waiting > MOST_WAITING && !this.#stopped) await pause(BREATH_MS)
      if ((await act()) === 0) return
      await pause(BREATH_MS)
    }
  }
}

export const janitor = perApp((app) => new Janitor(app))
