/** A day, or a time of a day, with or without the zone that it is told in. */
export const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/

/** The instant in ms since 1970 that a clock on the wall of `zone` (an IANA name) shows so; NaN where there is no such time or zone. */
export function instantOf(text: string, zone?: string): number {
  const isLocal = !/(Z|[+-]\d\d:\d\d)$/.test(text.slice(10))
  if (!isLocal || zone === undefined) return Date.parse(text.length === 10 ? `${text}T00:00` : text)
  const wall = Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`)
  try {
    // The offset at the instant itself may differ from the one at its first guess: once more settles it.
    const guess = wall - offsetAt(wall, zone)
    return wall - offsetAt(guess, zone)
  } catch {
    return Number.NaN
  }
}

function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)
  return Date.parse(`${parts.replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000
}
