import { Numbers } from './chart/numbers.tsx'
import { Plot } from './chart/plot.tsx'
import { attr } from './html.ts'

/** What a series means; its colour follows from it, in the stylesheet. */
export type Meaning = 'created' | 'succeeded' | 'failed' | 'other' | 'mean' | 'most' | 'busy'

/** What is measured: how many, how long, or how much of the whole. */
export type Unit = 'count' | 'ms' | 'share'

export interface Series {
  name: string
  meaning: Meaning
  /** One for each column; null where nothing is known, which is not zero. */
  values: readonly (number | null)[]
  /** What the legend says beside the name, and the list that makes it. */
  sum?: string
  href?: string
}

export interface Column {
  /** What the table calls it. */
  name: string
  /** What stands below it, where the axis is marked. */
  mark?: string
  href?: string
}

export interface ChartProps {
  id: string
  title: string
  /** The picture in a sentence, for who does not see it. */
  label: string
  /** Oldest first. */
  columns: readonly Column[]
  /** Stand on each other. */
  bars?: readonly Series[]
  lines?: readonly Series[]
  unit: Unit
  /** The last column is not over yet: it is drawn dashed, so that "now" does not look like a collapse. */
  isFilling: boolean
}

/** A chart as the server draws it: a picture with a few marks, a legend, and its numbers in a table below. */
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
