import type { Home } from '../../src/home/home.ts'
import { counted } from '../queues/backlog.ts'
import { busiestMinute, doneInHour, LastHour } from '../queues/last-hour.tsx'
import { queueHref, tasksHref } from '../queues/links.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { type Heading, None, PlainTable } from '../ui/table.tsx'
import { Ago } from '../ui/time.tsx'

const COLUMNS: readonly Heading[] = [
  { name: 'title', title: 'Queue' },
  { name: 'count', title: 'Due', isNumber: true },
  { name: 'oldest', title: 'Oldest', isNumber: true },
  { name: 'more', title: 'Scheduled', isNumber: true },
  { name: 'more', title: 'Running', isNumber: true },
  { name: 'more', title: 'Done in 1 h', isNumber: true },
  { name: 'line', title: 'Last hour' },
]

/** The backlog and the last hour of each queue in use. */
export function QueuePulse({ queues, now }: { queues: Home['queues']; now: number }): JSX.Element {
  const most = busiestMinute(queues)
  return (
    <div class="table-scroll">
      <PlainTable name="pulse" label="Queues in the last hour" columns={COLUMNS}>
        {queues.map((queue) => (
          <Queue queue={queue} most={most} now={now} />
        ))}
      </PlainTable>
    </div>
  )
}

function Queue({ queue: it, most, now }: { queue: Home['queues'][number]; most: number; now: number }): JSX.Element {
  const { queue, running, oldest_at, throughput } = it
  return (
    <tr id={domId('queue', queue)} hx-disable>
      <td class="cell-title">
        <a href={attr(queueHref(queue))} dir="auto" safe>
          {queue}
        </a>
      </td>
      <td class="cell-count number">
        <a href={attr(tasksHref(queue, { state: 'due' }))}>{counted(it, 'due') as 'safe'}</a>
      </td>
      <td class="cell-oldest number">{oldest_at ? <Ago at={oldest_at} now={now} /> : <None />}</td>
      <td class="cell-more number">
        <a href={attr(tasksHref(queue, { state: 'scheduled' }))}>{counted(it, 'scheduled') as 'safe'}</a>
      </td>
      <td class="cell-more number">
        <a href={attr(tasksHref(queue, { state: 'running' }))}>{number(running) as 'safe'}</a>
      </td>
      <td class="cell-more number">
        <a href={attr(tasksHref(queue, { state: 'done', since: '1h' }))}>{number(doneInHour(throughput)) as 'safe'}</a>
      </td>
      <td class="cell-line">
        <LastHour of={throughput} most={most} />
      </td>
    </tr>
  )
}
