import { monitorEventLoopDelay } from 'node:perf_hooks'
import { perApp } from '../live/app.ts'

/** An idle event loop comes round this often, and that much is subtracted again. */
const RESOLUTION_MS = 20
const MS_PER_NS = 1e-6

/** How late the event loop was, in ms; nothing is served while it is blocked. */
export interface LoopDelay {
  p50_ms: number
  p99_ms: number
  max_ms: number
}

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

  get seen(): LoopDelay | null {
    return this.#seen
  }

  look() {
    const histogram = this.#histogram
    if (!histogram || histogram.count === 0) return
    this.#seen = { p50_ms: late(histogram.percentile(50)), p99_ms: late(histogram.percentile(99)), max_ms: late(histogram.max) }
    histogram.reset()
  }
}

export const loop = perApp(() => new LoopWatch())

const late = (ns: number) => Math.max(0, Math.round((ns * MS_PER_NS - RESOLUTION_MS) * 10) / 10)
