import type { Clock } from './app.ts'

/** How often the clocks are read. */
const LOOK_MS = 500
/** On a busy machine, timers are late by this much without a pause. */
const LATE_MS = 250
/** How much further than the monotonic clock, which a suspend may stop, the wall clock must have moved. */
const ASLEEP_MS = 2000
/** The most that a timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Notices that this process, or its whole machine, was paused: frozen, suspended or kept from running for long. Two
 * readings of the clocks are then further apart than they should be.
 */
export class PauseWatch {
  readonly #clock: Clock
  readonly #resumed: (ms: number) => void
  readonly #ticking: NodeJS.Timeout
  #elapsed: number
  #now: number

  /** `resumed` gets how many ms the monotonic clock advanced during the pause; 0 when only the wall clock did. */
  constructor(clock: Clock, resumed: (ms: number) => void) {
    this.#clock = clock
    this.#resumed = resumed
    this.#elapsed = clock.elapsed()
    this.#now = clock.now()
    this.#ticking = setInterval(() => this.look(), LOOK_MS).unref()
  }

  /** Call it before a deadline is checked: after a pause, the timer of the deadline may fire before this one's. */
  look() {
    const [elapsed, now] = [this.#clock.elapsed(), this.#clock.now()]
    const late = elapsed - this.#elapsed - LOOK_MS
    const asleep = now - this.#now - (elapsed - this.#elapsed)
    this.#elapsed = elapsed
    this.#now = now
    if (late > LATE_MS) this.#resumed(late)
    else if (asleep > ASLEEP_MS) this.#resumed(0)
  }

  stop() {
    clearInterval(this.#ticking)
  }
}

/** Calls `act` once, after `ms` in which pauses do not count. The answer cancels it. */
export function afterAwake(clock: Clock, ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout
  let until = clock.elapsed() + ms
  const pauses = new PauseWatch(clock, (paused) => {
    until += paused
  })
  const left = () => until - clock.elapsed()
  const cancel = () => {
    pauses.stop()
    clearTimeout(timer)
  }
  function arm() {
    timer = setTimeout(over, Math.min(left(), LONGEST_TIMER_MS))
  }
  function over() {
    pauses.look()
    if (left() > 1) return arm()
    cancel()
    act()
  }
  arm()
  return cancel
}
