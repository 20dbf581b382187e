import type { Sentence } from '../../src/log/sentence.ts'
import { TASK_STATES, type TaskState } from '../../src/tasks/words.ts'
import { statusOfState } from '../tasks/status.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { NewRows } from '../ui/new-rows.tsx'
import { Ago } from '../ui/time.tsx'

interface Mark {
  icon: IconName
  tone: string
}

/** By the beginning of a kind; the longest that fits. */
const MARKS: Record<string, Mark> = {
  'task.created': { icon: 'plus', tone: 'quiet' },
  'task.status': { icon: 'waiting', tone: 'waiting' },
  'task.acknowledged': { icon: 'ack', tone: 'quiet' },
  'task.input_sent': { icon: 'command', tone: 'quiet' },
  'task.deleted': { icon: 'trash', tone: 'quiet' },
  'task.': { icon: 'tasks', tone: 'quiet' },
  'transient.': { icon: 'stop', tone: 'quiet' },
  'worker.': { icon: 'workers', tone: 'quiet' },
  'queue.': { icon: 'queues', tone: 'retrying' },
  'access.': { icon: 'user', tone: 'quiet' },
}
const OTHER: Mark = { icon: 'events', tone: 'quiet' }

export function Feed({ items, now }: { items: readonly Sentence[]; now: number }): JSX.Element {
  return (
    <section class="home-feed" aria-labelledby="home-feed-title">
      <header class="block-head">
        <h2 id="home-feed-title">Latest</h2>
        <a href="/events">All events</a>
      </header>
      <NewRows />
      <ol class="feed" data-rows>
        {items.map((item) => (
          <Row item={item} now={now} />
        ))}
      </ol>
    </section>
  )
}

function Row({ item: { seq, at, text, actor, source, href, kind, state }, now }: { item: Sentence; now: number }): JSX.Element {
  const { icon, tone } = markOf(kind, state)
  const by = source ? `from ${source}` : actor === 'telltale' || text.startsWith(`${actor} `) ? '' : `by ${actor}`
  const whole = by ? `${text}, ${by}` : text
  return (
    <li id={domId('event', String(seq), 'feed')} data-id={seq} data-tone={tone}>
      <Icon name={icon} />
      <a class="feed-what" href={href} title={attr(whole)} dir="auto" hx-disable safe>
        {source ? whole : text}
      </a>
      <span class="muted number">
        <Ago at={at} now={now} />
      </span>
    </li>
  )
}

function markOf(kind: string, state: string | undefined): Mark {
  if (kind === 'task.state_changed' && TASK_STATES.includes(state as TaskState)) return statusOfState(state as TaskState)
  const [fits] = Object.keys(MARKS)
    .filter((start) => kind.startsWith(start))
    .sort((a, b) => b.length - a.length)
  return MARKS[fits ?? ''] ?? OTHER
}
