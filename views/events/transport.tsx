import type { KindList } from '../../src/events/events.ts'

/** The frames that a stream carries beside the events: they have no number and are never replayed. */
export function Transport({ kinds }: { kinds: KindList['transport'] }): JSX.Element {
  return (
    <section class="block kind-group" aria-labelledby="kinds-transport">
      <h2 id="kinds-transport">Frames of a stream that are no events</h2>
      <p class="muted">They carry no id, are in no log, and are never sent again.</p>
      <table class="table transport-table">
        <thead>
          <tr>
            <th scope="col" class="cell-kind">
              Kind
            </th>
            <th scope="col" class="cell-data">
              Data
            </th>
            <th scope="col" class="cell-when">
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(({ kind, data, when }) => (
            <tr>
              <td class="cell-kind">
                <code safe>{kind}</code>
              </td>
              <td class="cell-data">
                <code safe>{data}</code>
              </td>
              <td class="cell-when" safe>
                {when}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
