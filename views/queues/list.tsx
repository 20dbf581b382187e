import type { Queue, QueueList } from '../../src/queues/queues.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { emptyState } from '../ui/empty.tsx'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Cells, type Column, None, PlainTable } from '../ui/table.tsx'
import { Ago, Until } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { counted, isStuck } from './backlog.ts'
import { doneInHour, LastHour } from './last-hour.tsx'
import { queueHref, tasksHref } from './links.ts'
import { Servers } from './servers.tsx'

export function queueList({ items }: QueueList, _: unknown, viewer: Viewer): string {
  const heading = html(<h1 class="visually-hidden">Queues</h1>)
  if (items.length === 0) return heading + nothing(viewer)
  const columns = columnsOf(viewer.now)
  return html(
    <div class="table-frame" id="queues-table">
      {heading as 'safe'}
      <PlainTable name="queues" label="Queues, by name" columns={columns} stacks>
        {items.map((queue) => (
          <tr id={domId('queue', encodeURIComponent(queue.queue))}>
            <Cells columns={columns} of={queue} />
          </tr>
        ))}
      </PlainTable>
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

const columnsOf = (now: number): readonly Column<Queue>[] => [
  {
    name: 'title',
    title: 'Queue',
    cell: ({ queue }) => (
      <a class="row-link" href={queueHref(queue)} title={attr(queue)} dir="auto" safe>
        {queue}
      </a>
    ),
  },
  { name: 'oldest', title: 'Oldest waiting', isNumber: true, cell: ({ oldest_at }) => (oldest_at ? <Ago at={oldest_at} now={now} /> : <None />) },
  {
    name: 'count',
    title: 'Due',
    label: 'due',
    isNumber: true,
    cell: (it) => <Count of={it.due} text={counted(it, 'due')} href={tasksHref(it.queue, { state: 'due' })} />,
  },
  {
    name: 'later',
    title: 'Scheduled',
    label: 'scheduled',
    isNumber: true,
    cell: (it) => (
      <>
        {it.next_at ? (
          <span class="muted">
            <Until at={it.next_at} now={now} />
          </span>
        ) : (
          ''
        )}
        <Count of={it.scheduled} text={counted(it, 'scheduled')} href={tasksHref(it.queue, { state: 'scheduled' })} />
      </>
    ),
  },
  {
    name: 'count',
    title: 'Running',
    label: 'running',
    isNumber: true,
    cell: ({ queue, running }) => <Count of={running} href={tasksHref(queue, { state: 'running' })} />,
  },
  {
    name: 'servers',
    title: 'Workers',
    cell: (it) => (isStuck(it) ? <Badge tone="retrying" icon="unknown" word="No worker" /> : <Servers workers={it.workers} />),
  },
  {
    name: 'count',
    title: 'Done in 1 h',
    label: 'done',
    isNumber: true,
    cell: ({ queue, throughput }) => <Count of={doneInHour(throughput)} href={tasksHref(queue, { state: 'done', since: '1h' })} />,
  },
  { name: 'line', title: 'Last hour', cell: ({ throughput }) => <LastHour of={throughput} /> },
]

function Count({ of, text = number(of), href }: { of: number; text?: string; href: string }): JSX.Element {
  return (
    <a href={attr(href)} class={of === 0 ? 'none' : undefined} safe>
      {text}
    </a>
  )
}
