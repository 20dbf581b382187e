import type { Queue, QueueList } from '../../src/queues/queues.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { number } from '../ui/number.ts'
import { Ago, Until } from '../ui/time.tsx'

const ICONS: Record<NonNullable<Queue['closed']>, IconName> = { paused: 'pause', at_limit: 'gauge', rate_limited: 'gauge' }

/** The first task that each queue holds back, with the reason and how many more there are. */
export function Held({ list: { items, held }, now }: { list: QueueList; now: number }): JSX.Element {
  const rows = held.flatMap((task) => items.filter(({ queue }) => queue === task.queue).map((queue) => ({ task, queue })))
  if (rows.length === 0) return ''
  const all = rows.reduce((sum, { queue }) => sum + queue.due, 0)
  const isMore = rows.some(({ queue }) => queue.capped)
  return (
    <section class="block" aria-labelledby="queues-held-title">
      <header class="block-head">
        <h2 id="queues-held-title">{`${number(all)}${isMore ? '+' : ''} held ${all === 1 ? 'task' : 'tasks'}` as 'safe'}</h2>
        <a href="/tasks?state=due">All due</a>
      </header>
      <ul class="held-rows">
        {rows.map(({ task, queue }) => (
          <li class="held-row" id={domId('task', task.id, 'held')} hx-disable>
            <Icon name={queue.closed ? ICONS[queue.closed] : 'workers'} />
            <a class="row-link" href={`/tasks/${task.id}`} title={attr(task.title)} dir="auto" safe>
              {task.title}
            </a>
            <bdi safe>{task.queue}</bdi>
            <Reason queue={queue} now={now} />
            <Ago at={task.run_at} now={now} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Reason({ queue, now }: { queue: Queue; now: number }): JSX.Element {
  const { hold } = queue
  const more = queue.due > 1 ? `, ${number(queue.due - 1)} more` : ''
  return (
    <span class="held-why">
      <bdi safe>{hold?.why ?? `no worker serves ${queue.queue}`}</bdi>
      {hold?.until ? (
        <>
          , starts <Until at={hold.until} now={now} />
        </>
      ) : (
        ''
      )}
      {more as 'safe'}
    </span>
  )
}
