import { attr } from '../html.ts'
import { Numbers } from './numbers.tsx'
import { Plot } from './plot.tsx'

/** The meaning of a series, which gives its colour in the stylesheet. */
export type Meaning = 'created' | 'succeeded' | 'failed' | 'other' | 'mean' | 'most' | 'busy'

/** A number, a duration, or a share of the whole. */
export type Unit = 'count' | 'ms' | 'share'

export interface Series {
  name: string
  meaning: Meaning
  /** One per column; null is unknown, which is not zero. */
  values: readonly (number | null)[]
  /** The figure in the legend, with its link. */
  sum?: string
  href?: string
}

export interface Column {
  name: string
  /** The mark on the axis. */
  mark?: string
  href?: string
}

export interface ChartProps {
  id: string
  title: string
  /** A description for screen readers. */
  label: string
  /** Oldest first. */
  columns: readonly Column[]
  /** Stacked. */
  bars?: readonly Series[]
  lines?: readonly Series[]
  unit: Unit
  /** The last column is still filling, and drawn dashed, so that it does not look like a drop. */
  isFilling: boolean
}

/** A chart with a legend, and its numbers in a table below. */
export function Chart(chart: ChartProps): JSX.Element {
  const { id, title, bars = [], lines = [] } = chart
  const series = [...bars, ...lines]
  return (
    <figure class="chart" id={id} aria-labelledby={`${id}-title`}>
      <figcaption class="chart-head">
        <h3 id={`${id}-title`} safe>
          {title}
        </h3>
        <Legend series={series} />
      </figcaption>
      <Plot {...chart} bars={bars} lines={lines} />
      <Numbers {...chart} series={series} />
    </figure>
  )
}

function Legend({ series }: { series: readonly Series[] }): JSX.Element {
  return (
    <ul class="chart-legend">
      {series.map(({ name, meaning, sum, href }) => (
        <li data-series={meaning}>
          <span class="chart-key" aria-hidden="true"></span>
          {href ? (
            <a href={attr(href)} safe>
              {[name, sum].filter(Boolean).join(' ')}
            </a>
          ) : (
            <span safe>{[name, sum].filter(Boolean).join(' ')}</span>
          )}
        </li>
      ))}
    </ul>
  )
}
