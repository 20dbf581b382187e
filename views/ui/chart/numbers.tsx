import { attr } from '../html.ts'
import { PlainTable } from '../table.tsx'
import { FORMATS } from './scale.ts'
import type { ChartProps, Column, Series, Unit } from './series.ts'

/** The chart as a table, newest first, for screen readers, copying and printing. */
export function Numbers({ id, title, columns, series, unit }: ChartProps & { series: readonly Series[] }): JSX.Element {
  // Values before the first known one are a gap in the chart, and no row here.
  const first = columns.findIndex((_, i) => series.some(({ values }) => values[i] != null))
  const known = first === -1 ? [] : [...columns.keys()].slice(first)
  return (
    <details class="chart-numbers" id={`${id}-numbers`}>
      <summary>Numbers</summary>
      <div class="chart-table" tabindex={0} role="region" aria-label={attr(`${title}: numbers`)}>
        <PlainTable
          name="numbers"
          label={title}
          columns={[{ name: 'when', title: 'When' }, ...series.map(({ name }) => ({ name: 'value', title: name, isNumber: true }))]}
        >
          {known.reverse().map((i) => (
            <Row column={columns[i]} values={series.map(({ values }) => values[i] ?? null)} unit={unit} />
          ))}
        </PlainTable>
      </div>
    </details>
  )
}

function Row({ column, values, unit }: { column: Column | undefined; values: (number | null)[]; unit: Unit }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {column?.href ? (
          <a href={attr(column.href)} safe>
            {column.name}
          </a>
        ) : (
          <span safe>{column?.name ?? ''}</span>
        )}
      </th>
      {values.map((value) => (
        <td class="number" safe>
          {value === null ? '–' : FORMATS[unit](value)}
        </td>
      ))}
    </tr>
  )
}
