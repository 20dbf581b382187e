import * as clock from '../../public/js/clock.js'
import { zoneNow } from './zone.ts'

export const { elapsed, duration } = clock

/** How long ago, or how soon: the page keeps it ticking. */
export function Ago({ at, now, title }: { at: string; now: number; title?: string }): JSX.Element {
  return (
    <time datetime={at} data-relative title={title} safe>
      {relative(Date.parse(at), now)}
    </time>
  )
}

/** How soon something is due; `now` from then on. */
export function Until({ at, now }: { at: string; now: number }): JSX.Element {
  return (
    <time datetime={at} data-until safe>
      {clock.until(Date.parse(at), now, zoneNow())}
    </time>
  )
}

/** A clock that counts up from `at`. */
export function Elapsed({ at, now }: { at: string; now: number }): JSX.Element {
  return (
    <time datetime={at} data-elapsed safe>
      {elapsed(now - Date.parse(at))}
    </time>
  )
}

/** The day and the second, as on the wall where it is read. */
export function Exact({ at }: { at: string }): JSX.Element {
  return (
    <time datetime={at} data-exact safe>
      {exact(Date.parse(at))}
    </time>
  )
}

/** The time between two instants, for `<time>`'s sake in ISO 8601 too. */
export function Took({ from, to }: { from: string; to: string }): JSX.Element {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from))
  return (
    <time datetime={`PT${ms / 1000}S`} safe>
      {duration(ms)}
    </time>
  )
}

/** `now`, `42s`, `5m`, `3h 12m`, `yesterday 14:05`, `12 Mar 14:05`, `12 Mar 2024 14:05`; to come: `in 4m`. */
export const relative = (at: number, now: number, zone = zoneNow()): string => clock.relative(at, now, zone)

/** `12 Mar 2026, 14:05:07`. */
export const exact = (at: number, zone = zoneNow()): string => clock.exact(at, zone)

/** Calendar and clock on the wall where it is read. */
export const wallAt = (at: number, zone = zoneNow()) => clock.wall(at, zone)
