export interface Clock {
  now(): number
  elapsed(): number
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), elapsed: () => performance.now() }
