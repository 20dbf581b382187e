import type { Home } from '../../src/home/home.ts'
import { counted } from '../queues/backlog.ts'
import { doneInHour, LastHour, longestBar } from '../queues/last-hour.tsx'
import { queueHref, tasksHref } from '../queues/links.ts'
import { isShut, QueueState } from '../queues/state.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago } from '../ui/time.tsx'

/** The backlog and the last hour of each queue in use. The title of the block is the table's first header. */
export function QueuePulse({ queues, now }: { queues: Home['queues']; now: number }): JSX.Element {
  if (queues.length === 0) return ''
  const most = longestBar(queues)
  return (
    <section class="table-scroll" id="home-queues" aria-labelledby="home-queues-title">
      <table class="table pulse-table">
        <thead>
          <tr>
            <th scope="col" class="cell-title">
              <h2 id="home-queues-title">Queues</h2>
            </th>
            <th scope="col" class="cell-count number">
              Due
            </th>
            <th scope="col" class="cell-more number">
              Running
            </th>
            <th scope="col" class="cell-oldest number">
              Oldest
            </th>
            <th scope="col" class="cell-more number">
              Done, 1 h
            </th>
            <th scope="col" class="cell-line">
              <a href="/queues">All queues</a>
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <Queue queue={queue} most={most} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Queue({ queue: it, most, now }: { queue: Home['queues'][number]; most: number; now: number }): JSX.Element {
  const { queue, running, concurrency, oldest_at, throughput } = it
  return (
    <tr id={domId('queue', queue)} hx-disable>
      <td class="cell-title">
        <a href={attr(queueHref(queue))} dir="auto" safe>
          {queue}
        </a>
        {isShut(it) ? (
          <span class="pulse-state">
            <QueueState queue={it} now={now} />
          </span>
        ) : (
          ''
        )}
      </td>
      <td class="cell-count number">
        <Figure of={it.due} text={counted(it, 'due')} href={tasksHref(queue, { state: 'due' })} />
      </td>
      <td class="cell-more number">
        <Figure of={running} href={tasksHref(queue, { state: 'running' })} />
        <span class="muted">{(concurrency === null ? '' : ` / ${number(concurrency)}`) as 'safe'}</span>
      </td>
      <td class="cell-oldest number">{oldest_at ? <Ago at={oldest_at} now={now} /> : <span class="muted">–</span>}</td>
      <td class="cell-more number">
        <Figure of={doneInHour(throughput)} href={tasksHref(queue, { state: 'done', since: '1h' })} />
      </td>
      <td class="cell-line">
        <LastHour of={throughput} most={most} />
      </td>
    </tr>
  )
}

/** A count that leads to what it counts; zero is quiet. */
const Figure = ({ of, text = number(of), href }: { of: number; text?: string; href: string }): JSX.Element => (
  <a href={attr(href)} data-zero={of === 0}>
    {text as 'safe'}
  </a>
)
