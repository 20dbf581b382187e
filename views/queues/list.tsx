import type { Queue, QueueList } from '../../src/queues/queues.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { emptyState } from '../ui/empty.tsx'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { type Column, None, PlainTable } from '../ui/table.tsx'
import { Ago, Until } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { counted, isStuck } from './backlog.ts'
import { doneInHour, LastHour } from './last-hour.tsx'
import { queueHref, tasksHref } from './links.ts'
import { Servers } from './servers.tsx'

const COLUMNS: readonly Column[] = [
  { name: 'title', title: 'Queue' },
  { name: 'oldest', title: 'Oldest waiting', isNumber: true },
  { name: 'count', title: 'Due', isNumber: true },
  { name: 'later', title: 'Scheduled', isNumber: true },
  { name: 'count', title: 'Running', isNumber: true },
  { name: 'servers', title: 'Workers' },
  { name: 'count', title: 'Done in 1 h', isNumber: true },
  { name: 'line', title: 'Last hour' },
]

export function queueList({ items }: QueueList, _: unknown, { now }: Viewer): string {
  const heading = html(<h1 class="visually-hidden">Queues</h1>)
  if (items.length === 0) return heading + nothing()
  return html(
    <div class="table-frame" id="queues-table">
      {heading as 'safe'}
      <PlainTable name="queues" label="Queues, by name" columns={COLUMNS} stacks>
        {items.map((queue) => (
          <Row queue={queue} now={now} />
        ))}
      </PlainTable>
    </div>,
  )
}

function nothing(): string {
  return emptyState({
    title: 'No queues yet',
    detail: 'A queue appears with its first task:',
    command: 'npx telltale run --queue mail -- echo hello',
  })
}

function Row({ queue: it, now }: { queue: Queue; now: number }): JSX.Element {
  const { queue, scheduled, running, oldest_at, next_at, workers, throughput } = it
  const done = doneInHour(throughput)
  return (
    <tr id={domId('queue', encodeURIComponent(queue))} hx-disable>
      <td class="cell-title">
        <a class="row-link" href={queueHref(queue)} title={attr(queue)} dir="auto" safe>
          {queue}
        </a>
      </td>
      <td class="cell-oldest number">{oldest_at ? <Ago at={oldest_at} now={now} /> : <None />}</td>
      <td class="cell-count number" data-label="due">
        <Count of={it.due} said={counted(it, 'due')} href={tasksHref(queue, { state: 'due' })} />
      </td>
      <td class="cell-count number cell-later" data-label="scheduled">
        {next_at ? (
          <span class="muted">
            <Until at={next_at} now={now} />
          </span>
        ) : (
          ''
        )}
        <Count of={scheduled} said={counted(it, 'scheduled')} href={tasksHref(queue, { state: 'scheduled' })} />
      </td>
      <td class="cell-count number" data-label="running">
        <Count of={running} href={tasksHref(queue, { state: 'running' })} />
      </td>
      <td class="cell-servers">{isStuck(it) ? <Badge tone="retrying" icon="unknown" word="No worker" /> : <Servers workers={workers} />}</td>
      <td class="cell-count number" data-label="done">
        <Count of={done} href={tasksHref(queue, { state: 'done', since: '1h' })} />
      </td>
      <td class="cell-line">
        <LastHour of={throughput} />
      </td>
    </tr>
  )
}

function Count({ of, said = number(of), href }: { of: number; said?: string; href: string }): JSX.Element {
  return (
    <a href={attr(href)} class={of === 0 ? 'none' : undefined} safe>
      {said}
    </a>
  )
}
