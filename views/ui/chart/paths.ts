import type { ScaleLinear } from 'd3-scale'
import { line, stack } from 'd3-shape'
import { BOTTOM } from './scale.ts'
import type { Meaning, Series } from './series.ts'

type Values = readonly (number | null)[]
type Y = ScaleLinear<number, number>

/** A column's width in the chart's units, and its margin on each side. */
export const WIDE = 10
const GAP = 1.5

export const gridPath = (y: Y, steps: readonly number[], columns: number): string =>
  steps
    .filter((step) => step > 0)
    .map((step) => `M0 ${round(y(step))}H${columns * WIDE}`)
    .join('')

/** The baseline, with a gap where nothing is known. */
export function knownPath(series: readonly Series[], columns: number): string {
  const isKnown = (i: number) => series.some(({ values }) => values[i] != null)
  return Array.from({ length: columns }, (_, i) => (isKnown(i) ? `M${i * WIDE} ${BOTTOM}h${WIDE}` : '')).join('')
}

/** One stacked path per series, with the unfinished column apart. */
export function barPaths(bars: readonly Series[], y: Y, isFilling: boolean): { meaning: Meaning; whole: string; filling: string }[] {
  const columns = (bars[0]?.values ?? []).map((_, i) => bars.map(({ values }) => values[i] ?? 0))
  const stacked = stack<unknown, number[], number>()
    .keys(bars.keys())
    .value((column, at) => column[at] ?? 0)(columns)
  const bar = (i: number, [from, to]: readonly [number, number]) => {
    const top = round(y(to))
    return to > from ? `M${i * WIDE + GAP} ${round(y(from))}V${top}h${WIDE - 2 * GAP}V${round(y(from))}z` : ''
  }
  return bars.map(({ meaning }, at) => {
    const drawn = (stacked[at] ?? []).map(([from, to], i) => bar(i, [from, to]))
    return isFilling ? { meaning, whole: drawn.slice(0, -1).join(''), filling: drawn.at(-1) ?? '' } : { meaning, whole: drawn.join(''), filling: '' }
  })
}

/** A line through the middle of each known column, or a dot between two gaps. `filling` leads to the last one. */
export function linePath(values: Values, y: Y, part: 'all' | 'whole' | 'filling'): string {
  const last = values.length - 1
  const isDrawn = (i: number) => part === 'all' || (part === 'whole' ? i < last : i >= last - 1)
  const path = line<number | null>()
    .defined((value, i) => value !== null && isDrawn(i))
    .x((_, i) => (i + 0.5) * WIDE)
    .y((value) => round(y(value ?? 0)))
  const isDotOnly = part === 'filling' && values[last] == null
  return isDotOnly ? '' : (path(values) ?? '')
}

const round = (value: number) => Math.round(value * 100) / 100
