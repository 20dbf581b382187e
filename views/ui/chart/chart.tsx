import { attr } from '../html.ts'
import { Numbers } from './numbers.tsx'
import { Plot } from './plot.tsx'
import type { ChartProps, Series } from './series.ts'

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
