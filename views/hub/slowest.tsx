import type { HubState } from '../../src/hub/hub.ts'
import { number } from '../ui/number.ts'
import { Cells, type Column, PlainTable } from '../ui/table.tsx'
import { Ago } from '../ui/time.tsx'

type Statement = HubState['database']['slowest'][number]

/** As many as one looks at. */
const SHOWN = 8

const columnsOf = (now: number): readonly Column<Statement>[] => [
  { name: 'time', title: 'Took', isNumber: true, cell: ({ ms }) => <>{`${number(ms)} ms` as 'safe'}</> },
  { name: 'title', title: 'Statement', cell: ({ sql }) => <code safe>{sql}</code>, hint: ({ sql }) => sql },
  { name: 'age', title: 'When', isNumber: true, cell: ({ at }) => <Ago at={at} now={now} /> },
]

/** The statements that took longest in the last hour. */
export function Slowest({ statements, now }: { statements: readonly Statement[]; now: number }): JSX.Element {
  const columns = columnsOf(now)
  return (
    <section class="block" aria-labelledby="hub-slowest">
      <h2 id="hub-slowest">Slowest statements of the last hour</h2>
      <div class="table-frame" id="hub-slowest-table">
        <PlainTable name="slowest" label="Slowest statements of the last hour" columns={columns}>
          {statements.slice(0, SHOWN).map((statement) => (
            <tr>
              <Cells columns={columns} of={statement} />
            </tr>
          ))}
        </PlainTable>
      </div>
    </section>
  )
}
