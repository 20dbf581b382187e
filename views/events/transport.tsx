import type { KindList } from '../../src/events/events.ts'
import { Cell, type Column, PlainTable } from '../ui/table.tsx'

const COLUMNS: readonly Column[] = [
  { name: 'kind', title: 'Kind' },
  { name: 'data', title: 'Data' },
  { name: 'when', title: 'When' },
]

/** Frames that are not events: they have no number and are never replayed. */
export function Transport({ kinds }: { kinds: KindList['transport'] }): JSX.Element {
  return (
    <section class="block kind-group" aria-labelledby="kinds-transport">
      <h2 id="kinds-transport">Stream frames that are not events</h2>
      <p class="muted">They have no id, are not logged, and are never sent again.</p>
      <div class="table-frame">
        <PlainTable name="transport" label="Frames that are not events" columns={COLUMNS} stacks>
          {kinds.map(({ kind, data, when }) => (
            <tr>
              <Cell of="kind">
                <code safe>{kind}</code>
              </Cell>
              <Cell of="data">
                <code safe>{data}</code>
              </Cell>
              <Cell of="when">
                <span safe>{when}</span>
              </Cell>
            </tr>
          ))}
        </PlainTable>
      </div>
    </section>
  )
}
