/** `now` is the wall clock in ms since 1970; `elapsed` is a monotonic clock in ms. */
export interface Clock {
  now(): number
  elapsed(): number
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), elapsed: () => performance.now() }
