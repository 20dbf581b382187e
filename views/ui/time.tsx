const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const HALF_DAY = 12 * HOUR

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const exactly = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})

/** How long ago, or how soon: the page keeps it ticking. */
export function Ago({ at, now, title }: { at: string; now: number; title?: string }): JSX.Element {
  return (
    <time datetime={at} data-relative title={title} safe>
      {relative(Date.parse(at), now)}
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

/** The day and the second, as on the server's clock on the wall. */
export function Exact({ at }: { at: string }): JSX.Element {
  return (
    <time datetime={at} safe>
      {exactly.format(Date.parse(at))}
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
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  if (seconds === 0) return 'now'
  if (seconds < 0 && seconds > -DAY) return `in ${short(-seconds)}`
  const then = new Date(at)
  const sameDay = then.toDateString() === new Date(now).toDateString()
  if (seconds > 0 && seconds < DAY && (seconds < HALF_DAY || sameDay)) return short(seconds)
  if (new Date(now - DAY * 1000).toDateString() === then.toDateString()) return `yesterday ${clock.format(then)}`
  const day = then.getFullYear() === new Date(now).getFullYear() ? dayAndMonth : dayMonthYear
  return `${day.format(then)} ${clock.format(then)}`
}

/** `00:42`, `12:05`, `3:02:11`; never negative, whatever the clocks say. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / HOUR)
  const rest = `${twoDigits(Math.floor((seconds % HOUR) / MINUTE))}:${twoDigits(seconds % MINUTE)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** `80 ms`, `1.4 s`, `42 s`, `5m 12s`, `3h 12m`, `2d 4h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return pair(seconds, MINUTE, 'm', 1, 's')
  return seconds < DAY ? pair(seconds, HOUR, 'h', MINUTE, 'm') : pair(seconds, DAY, 'd', HOUR, 'h')
}

function short(seconds: number): string {
  if (seconds < MINUTE) return `${seconds}s`
  return seconds < HOUR ? `${Math.floor(seconds / MINUTE)}m` : pair(seconds, HOUR, 'h', MINUTE, 'm')
}

function pair(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % big) / small)
  return rest > 0 ? `${Math.floor(seconds / big)}${bigUnit} ${rest}${smallUnit}` : `${Math.floor(seconds / big)}${bigUnit}`
}

const twoDigits = (value: number) => String(value).padStart(2, '0')
