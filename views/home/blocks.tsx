import type { PropsWithChildren } from '@kitajs/html'
import type { Home } from '../../src/home/home.ts'
import type { Task } from '../../src/tasks/tasks.ts'
import { counted } from '../queues/standing.ts'
import { isHeld, statusOf } from '../tasks/status.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Sparkline } from '../ui/sparkline.tsx'
import { Ago, Elapsed } from '../ui/time.tsx'

/** A part of the page with its name, and the list that it is a part of. */
export function Block({
  id,
  title,
  all,
  tone,
  children,
}: PropsWithChildren<{ id: string; title: string; all?: { href: string; title: string }; tone?: string }>) {
  return (
    <section class="block home-block" id={id} aria-labelledby={`${id}-title`} data-tone={tone}>
      <header class="block-head">
        <h2 id={`${id}-title`} safe>
          {title}
        </h2>
        {all ? (
          <a href={all.href} safe>
            {all.title}
          </a>
        ) : (
          ''
        )}
      </header>
      {children}
    </section>
  )
}

/** More lines than this are not read at a glance; the list has them all. */
const LINES = 8

interface LinesProps {
  of: string
  tasks: readonly Task[]
  now: number
  /** The list of all of them, where not all are shown here; how many lines are, and how many tasks there are where that is known. */
  all?: string
  most?: number
  total?: number
}

/** Tasks a line each, of many only the first: state, title, queue, and the time that matters for their state. */
export function TaskLines({ of, tasks, now, all, most = LINES, total }: LinesProps): JSX.Element {
  const shown = all ? tasks.slice(0, most) : tasks
  return (
    <ul class="lines">
      {shown.map((task) => (
        <li id={domId('task', task.id, of)} class="line" data-tone={statusOf(task, now).tone}>
          <Badge {...statusOf(task, now)} />
          <span class="line-what" hx-disable>
            <a class="row-link" href={`/tasks/${task.id}`} dir="auto" title={attr(task.title)} safe>
              {task.title}
            </a>
            <span class="muted" dir="auto" safe>
              {because(task)}
            </span>
          </span>
          <span class="line-where" hx-disable safe>
            {task.queue}
          </span>
          <span class="line-when number">
            <When task={task} now={now} />
          </span>
        </li>
      ))}
      {all && (total ?? tasks.length) > shown.length ? (
        <li class="lines-rest">
          <a href={all}>{(total === undefined ? 'and more' : `and ${number(total - shown.length)} more`) as 'safe'}</a>
        </li>
      ) : (
        ''
      )}
    </ul>
  )
}

function When({ task, now }: { task: Task; now: number }): JSX.Element {
  const { state, started_at, finished_at, run_at, created_at } = task
  if (isHeld(task) && started_at) return <Elapsed at={started_at} now={now} />
  if (state === 'queued' && Date.parse(run_at) > now) return <Ago at={run_at} now={now} />
  return <Ago at={finished_at ?? created_at} now={now} />
}

/** The error's first line, or why it is as it is. */
const because = ({ error, reason, status }: Task): string => (error ?? (status === 'waiting-for-input' ? reason : '')).split('\n', 1)[0] as string

/** How far behind each queue is: the age of what has waited longest says more than how much waits. */
export function QueuePulse({ queues, now }: { queues: Home['queues']; now: number }): JSX.Element {
  return (
    <div class="table-scroll">
      <table class="table pulse">
        <caption class="visually-hidden">Queues in the last hour</caption>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              Oldest
            </th>
            <th scope="col" class="number pulse-more">
              Scheduled
            </th>
            <th scope="col" class="number pulse-more">
              Running
            </th>
            <th scope="col" class="number pulse-more">
              Done in 1 h
            </th>
            <th scope="col">Last hour</th>
          </tr>
        </thead>
        <tbody>{queues.map((queue) => Queue(queue, now))}</tbody>
      </table>
    </div>
  )
}

function Queue(it: Home['queues'][number], now: number): JSX.Element {
  const { queue, running, oldest_at, throughput } = it
  const { buckets } = throughput
  const done = buckets.map(({ succeeded, failed, other }) => succeeded + failed + other)
  const sum = done.reduce((all, each) => all + each, 0)
  const missing = Array.from({ length: 60 - done.length }, () => null)
  const term = `queue:${/^[^\s"]+$/.test(queue) ? queue : JSON.stringify(queue)}`
  const href = (state: string) => `/tasks?state=${state}&q=${encodeURIComponent(term)}`
  return (
    <tr id={domId('queue', queue)} hx-disable>
      <td>
        <a href={`/queues/${encodeURIComponent(queue)}`} dir="auto" safe>
          {queue}
        </a>
      </td>
      <td class="number">
        <a href={href('due')}>{counted(it, 'waiting') as 'safe'}</a>
      </td>
      <td class="number">{oldest_at ? <Ago at={oldest_at} now={now} /> : <span class="none">–</span>}</td>
      <td class="number pulse-more">
        <a href={href('scheduled')}>{counted(it, 'scheduled') as 'safe'}</a>
      </td>
      <td class="number pulse-more">
        <a href={href('running')}>{number(running) as 'safe'}</a>
      </td>
      <td class="number pulse-more">
        <a href={href('done')}>{number(sum) as 'safe'}</a>
      </td>
      <td class="pulse-line">
        <Sparkline values={[...missing, ...done]} label={`Tasks that ended in each minute of the last hour: ${number(sum)} in all`} />
      </td>
    </tr>
  )
}
