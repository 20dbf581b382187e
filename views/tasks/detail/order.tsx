import type { Order as Linked } from '../../../src/tasks/context/order.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { domId } from '../../ui/dom-id.ts'
import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'
import { statusOf } from '../status.ts'

/** A small graph, from top to bottom: what the task waits for, itself, and what waits for it. */
export function Order({ task, order: { before, after }, now }: { task: Task; order: Linked; now: number }): JSX.Element {
  if (before.length + after.length === 0) return ''
  return (
    <section class="block" aria-label="Order" hx-disable>
      <h2>Order</h2>
      <ol class="order">
        {before.map((it) => (
          <Node task={it} now={now} place="before" />
        ))}
        <Node task={task} now={now} place="this" />
        {after.map((it) => (
          <Node task={it} now={now} place="after" />
        ))}
      </ol>
    </section>
  )
}

const PLACES = { before: 'Must end first: ', this: 'This task: ', after: 'Waits for it: ' } as const

function Node({ task, now, place }: { task: Task; now: number; place: keyof typeof PLACES }): JSX.Element {
  const { id, title } = task
  const { tone, icon, word } = statusOf(task, now)
  return (
    <li class="order-node" id={domId('task', id, 'order')} data-place={place} data-tone={tone}>
      <span class="visually-hidden">{PLACES[place]}</span>
      <Icon name={icon} />
      <a href={`/tasks/${id}`} title={attr(title)} dir="auto" aria-current={place === 'this' ? 'true' : undefined} safe>
        {title}
      </a>
      <span class="muted" safe>
        {word}
      </span>
    </li>
  )
}
