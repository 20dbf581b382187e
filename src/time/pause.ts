import type { Clock } from './clock.ts'

const LOOK_MS = 500
/** On a busy machine, timers are this late without a pause. */
const LATE_MS = 250
/** A lead of the wall clock that indicates a suspend, which may stop the monotonic clock. */
const ASLEEP_MS = 2000
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Detects that this process or its machine was frozen, suspended or starved, by comparing clock readings. */
export class PauseWatch {
  readonly #clock: Clock
  readonly #resumed: (ms: number) => void
  readonly #ticking: NodeJS.Timeout
  #elapsed: number
  #now: number

  /** `resumed` gets the ms by which the monotonic clock advanced, 0 if only the wall clock did. */
  constructor(clock: Clock, resumed: (ms: number) => void) {
    this.#clock = clock
    this.#resumed = resumed
    this.#elapsed = clock.elapsed()
    this.#now = clock.now()
    this.#ticking = setInterval(() => this.look(), LOOK_MS).unref()
  }

  /** Call it before checking a deadline, whose timer may fire first after a pause. */
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

/** Calls `act` after `ms` without counting pauses. Returns a function that cancels it. */
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
