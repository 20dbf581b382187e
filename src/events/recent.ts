import type { Db, Ms } from '../db/index.ts'
import { head } from '../log/log.ts'

export interface Facet {
  value: string
  events: number
}

/** How many events there were in each of equal parts of a time that ends now. */
export interface Volume {
  ms: Ms
  bars: readonly number[]
}

/** The newest events, counted: however long the log is, no more are read. */
export interface Recent {
  events: number
  kinds: readonly Facet[]
  sources: readonly Facet[]
  actors: readonly Facet[]
  volume: Volume
}

export const RECENT = 2_000
const SHOWN = 12
const BARS = 60
const MINUTE_MS = 60_000
const SPANS = [1, 5, 15, 60, 360, 1440].map((minutes) => minutes * MINUTE_MS)

export async function recent(db: Db, now: Ms): Promise<Recent> {
  const rows = await db
    .selectFrom('events')
    .select(['at', 'kind', 'source', 'actor'])
    .where('seq', '>', (await head(db)) - RECENT)
    .execute()
  const facet = (name: 'kind' | 'source' | 'actor') => mostFrequent(rows.map((row) => row[name]))
  return {
    events: rows.length,
    kinds: facet('kind'),
    sources: facet('source'),
    actors: facet('actor'),
    volume: volumeOf(
      rows.map(({ at }) => now - at),
      rows.length === RECENT,
    ),
  }
}

/** In the order of their names: links that change places are hard to press. */
function mostFrequent(values: readonly string[]): Facet[] {
  const counts = new Map<string, number>()
  for (const value of values.toSorted()) counts.set(value, (counts.get(value) ?? 0) + 1)
  const shown = [...counts].map(([value, events], place) => ({ value, events, place })).sort((a, b) => b.events - a.events || a.place - b.place)
  return shown
    .slice(0, SHOWN)
    .sort((a, b) => a.place - b.place)
    .map(({ value, events }) => ({ value, events }))
}

/** The longest time that `ages` cover, or the shortest that covers them if there are no older events. */
function volumeOf(ages: readonly Ms[], isCut: boolean): Volume {
  const oldest = Math.max(0, ...ages)
  const ms = ((isCut ? SPANS.findLast((span) => span <= oldest) : SPANS.find((span) => span >= oldest)) ?? SPANS.at(isCut ? 0 : -1)) as Ms
  const bars = Array<number>(BARS).fill(0)
  for (const age of ages) {
    const bar = BARS - 1 - Math.floor((Math.max(0, age) / ms) * BARS)
    if (bar >= 0) bars[bar] = (bars[bar] as number) + 1
  }
  return { ms, bars }
}
