import type { KindList } from '../../src/events/kinds.ts'
import { Cells, type Column, PlainTable } from '../ui/table.tsx'

const COLUMNS: readonly Column<KindList['transport'][number]>[] = [
  { name: 'kind', title: 'Kind', cell: ({ kind }) => <code safe>{kind}</code> },
  { name: 'data', title: 'Data', cell: ({ data }) => <code safe>{data}</code> },
  { name: 'when', title: 'When', cell: ({ when }) => <span safe>{when}</span> },
]

/** Frames that are not events: they have no number and are never replayed. */
export function Transport({ kinds }: { kinds: KindList['transport'] }): JSX.Element {
  return (
    <section class="block kind-group" aria-labelledby="kinds-transport">
      <h2 id="kinds-transport">Stream frames that are not events</h2>
      <p class="muted">They have no id, are not logged, and are never sent again.</p>
      <div class="table-frame">
        <PlainTable name="transport" label="Frames that are not events" columns={COLUMNS} stacks>
          {kinds.map((kind) => (
            <tr>
              <Cells columns={COLUMNS} of={kind} />
            </tr>
          ))}
        </PlainTable>
      </div>
    </section>
  )
}
