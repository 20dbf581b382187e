export const SERVER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

const NAME_LENGTH = 64
/** Anyone can send names, in any case, so the cache is bounded. */
const MOST_KNOWN = 1000
const SECOND_MS = 1000

const known = new Map<string, Intl.DateTimeFormat | null>()

export const isZone = (name: string): boolean => formatOf(name) !== null

/** How many ms the clocks of `zone`, which must exist, are ahead of UTC at `at`. */
export function offsetAt(at: number, zone: string): number {
  const second = Math.floor(at / SECOND_MS) * SECOND_MS
  const parts = Object.fromEntries(
    formatOf(zone)
      ?.formatToParts(second)
      .map(({ type, value }) => [type, Number(value)]) ?? [],
  )
  const { year = 0, month = 1, day, hour, minute, second: s } = parts
  return Date.UTC(year, month - 1, day, hour, minute, s) - second
}

/** The date that the calendars of `zone`, which must exist, show at `at`. */
export const dayIn = (at: number, zone = SERVER_ZONE): string => new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10)

function formatOf(name: string): Intl.DateTimeFormat | null {
  if (name.length > NAME_LENGTH) return null
  const found = known.get(name) ?? newFormat(name)
  if (known.size < MOST_KNOWN) known.set(name, found)
  return found
}

function newFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    // Intl also accepts an offset such as +09:00, which is not a name.
    return /^[A-Za-z]/.test(timeZone) ? new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }) : null
  } catch {
    return null
  }
}
