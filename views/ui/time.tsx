import * as clock from '../../public/js/words/clock.js'
import { zoneNow } from './zone.ts'

export const { elapsed, duration } = clock

/** A relative time that the page keeps up to date. */
export function Ago({ at, now }: { at: string; now: number }): JSX.Element {
  return (
    <time datetime={at} data-relative safe>
      {relative(Date.parse(at), now)}
    </time>
  )
}

/** The time until something is due, or `now`. */
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

/** Date and time to the second, in the viewer's zone. */
export function Exact({ at }: { at: string }): JSX.Element {
  return (
    <time datetime={at} data-exact safe>
      {exact(Date.parse(at))}
    </time>
  )
}

/** `14:05`, or `12 Mar 14:05` if that is not today. */
export function timeOfDay(at: string, now: number, zone = zoneNow()): string {
  const [then, today] = [clock.wall(Date.parse(at), zone), clock.wall(now, zone)]
  return then.number === today.number ? then.clock : `${then.date} ${then.clock}`
}

/** `14:05:07`, or `12 Mar 14:05` if that is not today. */
export function timeOfSecond(at: string, now: number, zone = zoneNow()): string {
  const then = clock.wall(Date.parse(at), zone)
  return then.number === clock.wall(now, zone).number ? `${then.clock}:${then.second}` : `${then.date} ${then.clock}`
}

/** A duration, also in ISO 8601 for `<time>`. */
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

/** Date and time fields in the viewer's zone. */
export const wallAt = (at: number, zone = zoneNow()) => clock.wall(at, zone)
