import { monitorEventLoopDelay } from 'node:perf_hooks'
import { perApp } from '../live/app.ts'

/** How finely it looks: an event loop that is free comes round this often, and that much is taken off again. */
const RESOLUTION_MS = 20
const MS_PER_NS = 1e-6

/** How late the event loop was, in ms: nobody is served while it is held up. */
export interface LoopDelay {
  p50_ms: number
  p99_ms: number
  max_ms: number
}

/** Watches the event loop between looks, while it is started. */
class LoopWatch {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined
  #seen: LoopDelay | null = null

  start() {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    this.#histogram.enable()
  }

  stop() {
    this.#histogram?.disable()
    this.#histogram = undefined
    this.#seen = null
  }

  /** What the last look saw; null before it, and when nobody watches. */
  get seen(): LoopDelay | null {
    return this.#seen
  }

  /** Sums up the time since the last look, and starts over. */
  look() {
    const histogram = this.#histogram
    if (!histogram || histogram.count === 0) return
    this.#seen = { p50_ms: late(histogram.percentile(50)), p99_ms: late(histogram.percentile(99)), max_ms: late(histogram.max) }
    histogram.reset()
  }
}

export const loop = perApp(() => new LoopWatch())

const late = (ns: number) => Math.max(0, Math.round((ns * MS_PER_NS - RESOLUTION_MS) * 10) / 10)
