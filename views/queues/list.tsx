import type { Queue, QueueList } from '../../src/queues/queues.ts'
import { domId } from '../ui/dom-id.ts'
import { emptyState } from '../ui/empty.tsx'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Cells, type Column, None, PlainTable } from '../ui/table.tsx'
import { Ago } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { counted } from './backlog.ts'
import { Held } from './held.tsx'
import { doneInHour, LastHour, longestBar } from './last-hour.tsx'
import { queueHref, tasksHref } from './links.ts'
import { QueueState } from './state.tsx'
import { Steer } from './steer.tsx'

export function queueList(list: QueueList, _: unknown, viewer: Viewer): string {
  const heading = html(<h1 class="visually-hidden">Queues</h1>)
  const { items } = list
  if (items.length === 0) return heading + nothing(viewer)
  const columns = columnsOf(viewer.now, longestBar(list.items))
  const operates = viewer.may('queues.operate')
  return html(
    <div class="table-frame" id="queues-table">
      {heading as 'safe'}
      <PlainTable name="queues" label="Queues, by name" columns={columns} last={operates && <Actions />} stacks>
        {items.map((queue) => (
          <tr id={domId('queue', encodeURIComponent(queue.queue))}>
            <Cells columns={columns} of={queue} />
            {operates ? (
              <td class="cell-actions">
                <Steer queue={queue} viewer={viewer} />
              </td>
            ) : (
              ''
            )}
          </tr>
        ))}
      </PlainTable>
      <Held list={list} now={viewer.now} />
    </div>,
  )
}

function nothing(viewer: Viewer): string {
  return emptyState({
    title: 'No queues yet',
    detail: 'A queue appears with its first task:',
    command: viewer.command('run', '--queue mail -- echo hello'),
  })
}

const columnsOf = (now: number, most: number): readonly Column<Queue>[] => [
  {
    name: 'title',
    title: 'Queue',
    cell: ({ queue }) => (
      <a class="row-link" href={queueHref(queue)} title={attr(queue)} dir="auto" safe>
        {queue}
      </a>
    ),
  },
  { name: 'state', title: 'State', cell: (it) => <QueueState queue={it} now={now} /> },
  {
    name: 'count',
    title: 'Due',
    label: 'due',
    isNumber: true,
    cell: (it) => <Count of={it.due} text={counted(it, 'due')} href={tasksHref(it.queue, { state: 'due' })} />,
  },
  {
    name: 'count',
    title: 'Scheduled',
    label: 'scheduled',
    isNumber: true,
    cell: (it) => <Count of={it.scheduled} text={counted(it, 'scheduled')} href={tasksHref(it.queue, { state: 'scheduled' })} />,
  },
  { name: 'use', title: 'Running', cell: (it) => <Use queue={it} /> },
  { name: 'rate', title: 'Rate', isNumber: true, cell: ({ rate }) => (rate ? <span safe>{rate.replace('/', ' / ')}</span> : <None />) },
  { name: 'oldest', title: 'Oldest', isNumber: true, cell: ({ oldest_at }) => (oldest_at ? <Ago at={oldest_at} now={now} /> : <None />) },
  {
    name: 'count',
    title: 'Done in 1 h',
    label: 'done',
    isNumber: true,
    cell: ({ queue, throughput }) => <Count of={doneInHour(throughput)} href={tasksHref(queue, { state: 'done', since: '1h' })} />,
  },
  { name: 'line', title: 'Last hour', cell: ({ throughput }) => <LastHour of={throughput} most={most} /> },
]

/** How many tasks run, of how many may. */
function Use({ queue: { queue, running, concurrency } }: { queue: Queue }): JSX.Element {
  return (
    <span class="use">
      {concurrency === null ? <span class="no-slots"></span> : <meter class="slots" min="0" max={String(concurrency)} value={String(running)}></meter>}
      <span class="number">
        <Count of={running} href={tasksHref(queue, { state: 'running' })} />
        <span class="muted">{` / ${concurrency === null ? 'no limit' : number(concurrency)}` as 'safe'}</span>
      </span>
    </span>
  )
}

const Actions = (): JSX.Element => (
  <th scope="col" class="cell-actions">
    <span class="visually-hidden">Actions</span>
  </th>
)

function Count({ of, text = number(of), href }: { of: number; text?: string; href: string }): JSX.Element {
  return (
    <a href={attr(href)} class={of === 0 ? 'none' : undefined} safe>
      {text}
    </a>
  )
}
