import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { number } from '../number.ts'
import { duration } from '../time.tsx'
import type { Series, Unit } from './series.ts'

/** The chart's height in its own units; it is stretched to the page. */
export const BOTTOM = 100
/** Few enough steps to label each. */
const MOST_STEPS = 3
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Clocks are not decimal: 200 s is no round time, 5 min is. */
const ROUND_TIMES = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200].map((seconds) => seconds * SECOND)

export const FORMATS: Record<Unit, (value: number) => string> = {
  count: number,
  ms: (value) => (value === 0 ? '0' : duration(value)),
  share: (value) => `${Math.round(value * 100)} %`,
}

interface Scale {
  /** From a value to its height. */
  y: ScaleLinear<number, number>
  /** Zero and the round values above it; the last is the top. */
  steps: number[]
}

/** From zero to a round value above the highest one. */
export function scaleOf(bars: readonly Series[], lines: readonly Series[], unit: Unit): Scale {
  const stacked = (bars[0]?.values ?? []).map((_, i) => bars.reduce((sum, { values }) => sum + (values[i] ?? 0), 0))
  const most = Math.max(0, ...stacked, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const step = stepFor(most, unit)
  const count = unit === 'share' ? 2 : Math.max(1, Math.ceil(most / step))
  const steps = Array.from({ length: count + 1 }, (_, i) => i * step)
  const y = scaleLinear()
    .domain([0, count * step])
    .range([BOTTOM, 0])
  return { y, steps }
}

function stepFor(most: number, unit: Unit): number {
  if (unit === 'share') return 0.5
  const isEnough = (step: number) => step * MOST_STEPS >= most
  if (unit === 'ms' && most > MOST_STEPS * 500) return ROUND_TIMES.find(isEnough) ?? Math.ceil(most / MOST_STEPS / (24 * HOUR)) * 24 * HOUR
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most / MOST_STEPS))))
  return [1, 2, 5, 10].map((factor) => factor * power).find(isEnough) ?? most
}
