import type { Clock } from '../../../time/clock.ts'

/** A larger step between the two clocks is a jump of the wall clock, or a suspended machine. */
const JUMP_MS = 2_000

/** Times in rows are of the wall clock, so a jump of it would age or renew every row: each is taken as new instead. */
export class ClockDrift {
  readonly #clock: Clock
  /** How far the wall clock is ahead of the monotonic one. */
  #lead: number
  #paused = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lead = clock.now() - clock.elapsed()
  }

  pause(ms: number) {
    this.#paused += Math.round(ms)
  }

  /** By how many ms to move the times up, but not beyond now; each is taken into account once. */
  take(): number {
    const now = this.#clock.now()
    const lead = now - this.#clock.elapsed()
    const ms = Math.abs(lead - this.#lead) > JUMP_MS ? now : this.#paused
    this.#lead = lead
    this.#paused = 0
    return ms
  }
}
