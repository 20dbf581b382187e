import { attr } from '../html.ts'
import { barPaths, gridPath, knownPath, linePath, WIDE } from './paths.ts'
import { BOTTOM, FORMATS, scaleOf } from './scale.ts'
import type { ChartProps, Series } from './series.ts'

type PlotProps = ChartProps & { bars: readonly Series[]; lines: readonly Series[] }

/** Paths stretch with the page, text does not, so it is as legible on a phone. */
export function Plot({ label, columns, bars, lines, unit, isFilling }: PlotProps): JSX.Element {
  const { y, steps } = scaleOf(bars, lines, unit)
  const percent = (value: number) => `${Math.round(value * 100) / 100}%`
  return (
    <svg class="chart-plot" role="img" aria-label={attr(label)}>
      <svg aria-hidden="true" width="100%" height="100%" viewBox={`0 0 ${columns.length * WIDE} ${BOTTOM}`} preserveAspectRatio="none">
        <path class="chart-grid" d={gridPath(y, steps, columns.length)}></path>
        <path class="chart-zero" d={knownPath([...bars, ...lines], columns.length)}></path>
        {barPaths(bars, y, isFilling).map(({ meaning, whole, filling }) => (
          <g class="chart-bar" data-series={meaning}>
            <path d={whole}></path>
            {filling ? <path class="chart-filling" d={filling}></path> : ''}
          </g>
        ))}
        {lines.map((series) => (
          <g class="chart-line" data-series={series.meaning}>
            <path d={linePath(series.values, y, isFilling ? 'whole' : 'all')}></path>
            {isFilling ? <path class="chart-filling" d={linePath(series.values, y, 'filling')}></path> : ''}
          </g>
        ))}
      </svg>
      <g class="chart-up">
        {steps.map((step) => (
          <text x="0" y={percent(y(step))} dx="-0.5em" dy="0.32em" safe>
            {FORMATS[unit](step)}
          </text>
        ))}
      </g>
      <g class="chart-along">
        {columns.map(({ mark }, i) =>
          mark ? (
            <text x={percent((i / columns.length) * 100)} y="100%" dy="1.5em" safe>
              {mark}
            </text>
          ) : (
            ''
          ),
        )}
      </g>
    </svg>
  )
}
