// How times read, for scripts and the server's views alike. Month names are our own, as browsers disagree on "Sept".
const SECOND = 1000
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const HALF_DAY = 12 * HOUR
// Clocks this far apart must not put a recent event into the future.
const SLACK_S = 1
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const formats = new Map()
const two = (value) => String(value).padStart(2, '0')

function formatOf(zone) {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }))
  return formats.get(zone)
}

/** Calendar and clock of `zone` at `at`; `number` counts days. */
export function wall(at, zone) {
  const { day, month, year, hour, minute, second } = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const number = Math.round(Date.UTC(year, month - 1, day) / (DAY * SECOND))
  const date = `${day} ${MONTHS[month - 1]}`
  return { number, year, date, clock: `${two(hour)}:${two(minute)}`, second: two(second), weekday: DAYS[(number + 4) % 7] }
}

function pair(seconds, big, bigUnit, small, smallUnit) {
  const rest = Math.floor((seconds % big) / small)
  return `${Math.floor(seconds / big)}${bigUnit}${rest > 0 ? ` ${rest}${smallUnit}` : ''}`
}

function short(seconds) {
  if (seconds < MINUTE) return `${seconds}s`
  return seconds < HOUR ? `${Math.floor(seconds / MINUTE)}m` : pair(seconds, HOUR, 'h', MINUTE, 'm')
}

/** `now`, `42s`, `5m`, `3h 12m`, `yesterday 14:05`, `12 Mar 14:05`, `12 Mar 2024 14:05`; to come: `in 4m`. */
export function relative(at, now, zone) {
  const seconds = Math.round((now - at) / SECOND)
  if (seconds <= 0 && seconds >= -SLACK_S) return 'now'
  if (seconds < 0 && seconds > -DAY) return `in ${short(-seconds)}`
  if (seconds > 0 && seconds < HALF_DAY) return short(seconds)
  const then = wall(at, zone)
  const today = wall(now, zone)
  if (then.number === today.number && seconds > 0) return short(seconds)
  if (then.number === today.number - 1) return `yesterday ${then.clock}`
  return `${then.date}${then.year === today.year ? '' : ` ${then.year}`} ${then.clock}`
}

/** For something due at `at`, which stays `now` from then on. */
export const until = (at, now, zone) => (at > now ? relative(at, now, zone) : 'now')

/** `00:42`, `12:05`, `3:02:11`; never negative, whatever the clocks say. */
export function elapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / SECOND))
  const hours = Math.floor(seconds / HOUR)
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor((seconds % HOUR) / MINUTE))}:${two(seconds % MINUTE)}`
}

/** `80 ms`, `1.4 s`, `42 s`, `5m 12s`, `3h 12m`, `2d 4h`. */
export function duration(ms) {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`
  const seconds = Math.round(ms / SECOND)
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return pair(seconds, MINUTE, 'm', 1, 's')
  return seconds < DAY ? pair(seconds, HOUR, 'h', MINUTE, 'm') : pair(seconds, DAY, 'd', HOUR, 'h')
}

/** `12 Mar 2026, 14:05:07`. */
export function exact(at, zone) {
  const { date, year, clock, second } = wall(at, zone)
  return `${date} ${year}, ${clock}:${second}`
}

/** The instant in the reader's zone, in UTC, and as ISO 8601. */
export function full(at, zone) {
  const utc = wall(at, 'UTC')
  return `${wall(at, zone).weekday} ${exact(at, zone)} ${zone} · ${utc.clock}:${utc.second} UTC · ${new Date(at).toISOString()}`
}
