import { Badge, type Status } from '../../ui/badge.tsx'
import { Sparkline } from '../../ui/chart/sparkline.tsx'
import { domId } from '../../ui/dom-id.ts'
import { emptyState, errorState } from '../../ui/empty.tsx'
import { type Heading, PlainTable } from '../../ui/table.tsx'
import { Ago } from '../../ui/time.tsx'

const ROWS: readonly { title: string; more: string; queue: string; age: number; status: Status }[] = [
  { title: 'Rebuild the index', more: 'make index', queue: 'default', age: 42, status: { tone: 'running', icon: 'half', word: 'Running' } },
  { title: 'Deploy to the shop', more: 'ask first', queue: 'deploy', age: 310, status: { tone: 'waiting', icon: 'waiting', word: 'Needs input' } },
  { title: 'Send the newsletter', more: './send --all', queue: 'mail', age: 4_000, status: { tone: 'failed', icon: 'failed', word: 'Failed' } },
  {
    title: 'A title that is much longer than there is room for in its column, which ends in dots where the column ends, however wide the window is',
    more: 'true',
    queue: 'default',
    age: 90_000,
    status: { tone: 'succeeded', icon: 'done', word: 'Succeeded' },
  },
  { title: 'بناء الفهرس من جديد', more: 'make', queue: 'default', age: 200_000, status: { tone: 'cancelled', icon: 'cancelled', word: 'Cancelled' } },
]
const VALUES = [0, 2, 3, 5, 4, 6, 9, 7, null, null, 3, 2, 4, 5, 8, 6, 5, 3, 2, 4]

const COLUMNS: readonly Heading[] = [
  { name: 'status', title: 'Status' },
  { name: 'title', title: 'Task' },
  { name: 'queue', title: 'Queue' },
  { name: 'line', title: 'Last hour' },
  { name: 'age', title: 'Created', isNumber: true },
]

/** A list's table in one of the two densities. */
export function Rows({ density, now }: { density: 'compact' | 'comfortable'; now: number }): JSX.Element {
  return (
    <div class="table-scroll" data-density={density} tabindex={0} role="region" aria-label={`A list, ${density}`}>
      <PlainTable name="specimen" label="A list" columns={COLUMNS}>
        {ROWS.map(({ title, more, queue, age, status }, i) => (
          <tr id={domId('design', density, String(i))} data-tone={status.tone}>
            <td>
              <Badge {...status} />
            </td>
            <td>
              <bdi>{title as 'safe'}</bdi> <code class="row-more">{more as 'safe'}</code>
            </td>
            <td>{queue as 'safe'}</td>
            <td>
              <Sparkline values={VALUES.map((value) => value && (value * (i + 2)) % 11)} label={`Tasks that ended in each minute: ${i + 2} of 20`} />
            </td>
            <td class="number">
              <Ago at={new Date(now - age * 1000).toISOString()} now={now} />
            </td>
          </tr>
        ))}
      </PlainTable>
    </div>
  )
}

export function States(): JSX.Element {
  const safeNature = emptyState({ title: 'No task yet', detail: 'Make one here, or from a shell:', command: 'make test' })
  const safeFilter = emptyState({ title: 'No matching tasks', detail: '1,284 exist.', action: { label: 'Clear the filter', href: '#design-nothing' } })
  const safeError = errorState({
    title: 'Something broke here',
    detail: 'The server could not read its disk. The rest of the page still works.',
    requestId: '3f9c2a10',
  })
  return (
    <div class="specimen-columns">
      {safeNature}
      {safeFilter}
      {safeError}
    </div>
  )
}
