import { z } from 'zod'
import type { Ms } from '../../db/index.ts'
import { isZone, offsetAt, SERVER_ZONE } from '../../time/zone.ts'

const DAY_MS = 86_400_000
/** In 2001. A smaller number is probably in seconds, or not a time. */
const LEAST_MS = 1_000_000_000_000
const LATEST_MS = Date.UTC(9999, 11, 31)

const WRITTEN = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/
const FORM = 'Write a time such as 2026-11-21T10:30, or 2026-11-21T10:30Z for UTC.'

/** What is wrong with a written time; undefined if it exists. */
export function mistakeIn(text: string): string | undefined {
  const [, day, clock] = WRITTEN.exec(text) ?? []
  if (day === undefined) return FORM
  return Number.isNaN(wallOf(day, clock)) ? `${text} does not exist: check the date and the time of day.` : undefined
}

/** In `zone` unless it has an offset; NaN if it is invalid. A repeated time is the earlier one, 02:30 skipped is 03:30 (RFC 5545). */
export function instantOf(text: string, zone = SERVER_ZONE): Ms {
  const [, day, clock, offset] = WRITTEN.exec(text) ?? []
  if (day === undefined || !isZone(zone)) return Number.NaN
  const wall = wallOf(day, clock)
  if (Number.isNaN(wall)) return Number.NaN
  return offset === undefined ? onClocksOf(zone, wall) : wall - msOf(offset)
}

export const written = z.unknown().transform((time, context): string | number => {
  if (typeof time === 'number' && time >= LEAST_MS && time <= LATEST_MS) return time
  const text = typeof time === 'string' ? time.trim() : ''
  const message = mistakeIn(text)
  if (message) context.addIssue({ code: 'custom', message })
  return text
})
export const timeIn = (time: string | number, zone?: string): Ms => (typeof time === 'number' ? time : instantOf(time, zone))

export const zoneName = z
  .string()
  .trim()
  .optional()
  .transform((name) => name || undefined)
  .refine((name) => name === undefined || isZone(name), 'Unknown time zone. Use a name such as Europe/Berlin.')

/** As if in UTC; NaN for 30 February or 25:00. */
function wallOf(day: string, clock = '00:00'): number {
  const ms = Date.parse(`${day}T${clock}Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day) ? ms : Number.NaN
}

function onClocksOf(zone: string, wall: number): Ms {
  const before = wall - offsetAt(wall - DAY_MS, zone)
  const after = wall - offsetAt(wall + DAY_MS, zone)
  const shown = [before, after].filter((at) => at + offsetAt(at, zone) === wall)
  return shown.length > 0 ? Math.min(...shown) : before
}

function msOf(offset: string): number {
  if (offset === 'Z') return 0
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
