import { attr } from '../html.ts'

const BAR = 3
const STEP = 4
const HEIGHT = 40
const BASELINE = 1

interface SparklineProps {
  values: readonly (number | null)[]
  label: string
  /** The value of a bar of full height, the same for sparklines that are compared; by default the largest of these. */
  most?: number
}

/** Bars as one path. Unknown values are gaps, and the last, unfinished bar is separate. */
export function Sparkline({ values, label, most = Math.max(...values.map((value) => value ?? 0)) }: SparklineProps): JSX.Element {
  const bar = (value: number | null, i: number): string => {
    if (value === null) return ''
    const height = BASELINE + (most > 0 ? Math.round((value / most) * (HEIGHT - BASELINE) * 10) / 10 : 0)
    return `M${i * STEP} ${HEIGHT}v-${height}h${BAR}v${height}z`
  }
  const bars = values.map(bar)
  return (
    <svg class="sparkline" viewBox={`0 0 ${values.length * STEP - 1} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={attr(label)}>
      <path d={bars.slice(0, -1).join('')}></path>
      <path class="sparkline-now" d={bars.at(-1)}></path>
    </svg>
  )
}
