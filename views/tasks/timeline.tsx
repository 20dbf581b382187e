import type { Task, TaskEvent, TaskState } from '../../src/tasks/tasks.ts'
import type { Status } from '../ui/badge.tsx'
import { Icon } from '../ui/icon.tsx'
import { Ago, Elapsed, Took } from '../ui/time.tsx'
import { isOver, statusOfState } from './status.ts'

interface Step extends Omit<Status, 'word'> {
  at: string
  words: string
  more: string
}

/** As many steps as are seen at once; older ones are folded away. */
const SHOWN = 12

/** A task's life in steps, with the time from each to the next; the last one of an open task is still counting. */
export function Timeline({ task, events, now }: { task: Task; events: readonly TaskEvent[]; now: number }): JSX.Element {
  const steps = stepsOf(events)
  const folded = steps.slice(0, -SHOWN)
  const items = (from: readonly Step[], after: readonly Step[]) =>
    from.map((step, i) => <Item step={step} next={from[i + 1] ?? after[0]} isCounting={!isOver(task)} now={now} />)
  return (
    <section class="block" aria-label="Timeline" hx-disable>
      <h2>Timeline</h2>
      {folded.length > 0 ? (
        <details class="more">
          <summary>{`${folded.length} earlier steps` as 'safe'}</summary>
          <ol class="timeline">{items(folded, steps.slice(-SHOWN))}</ol>
        </details>
      ) : (
        ''
      )}
      <ol class="timeline">{items(steps.slice(-SHOWN), [])}</ol>
    </section>
  )
}

function Item({ step, next, isCounting, now }: { step: Step; next: Step | undefined; isCounting: boolean; now: number }): JSX.Element {
  const { at, tone, icon, words, more } = step
  return (
    <li class="step" data-tone={tone}>
      <Icon name={icon} />
      <span class="step-words">
        <strong safe>{words}</strong>
        {more ? (
          <span class="muted" dir="auto" safe>
            {more}
          </span>
        ) : (
          ''
        )}
      </span>
      <span class="step-took">{next ? <Took from={at} to={next.at} /> : isCounting ? <Elapsed at={at} now={now} /> : ''}</span>
      <span class="step-at">
        <Ago at={at} now={now} />
      </span>
    </li>
  )
}

function stepsOf(events: readonly TaskEvent[]): Step[] {
  const steps: Step[] = []
  let isWaiting = false
  for (const event of events) {
    const wasWaiting = isWaiting
    if (event.kind === 'task.status') isWaiting = event.payload.status === 'waiting-for-input'
    const step = stepOf(event, wasWaiting)
    if (step) steps.push({ ...step, at: event.at })
  }
  return steps
}

function stepOf({ kind, actor, payload }: TaskEvent, wasWaiting: boolean): Omit<Step, 'at'> | undefined {
  const by = `by ${actor}`
  switch (kind) {
    case 'task.created':
      return { tone: 'queued', icon: 'plus', words: 'Created', more: by }
    case 'task.state_changed':
      return stateStep(payload)
    case 'task.status':
      if (payload.status === 'waiting-for-input') return { tone: 'waiting', icon: 'waiting', words: 'Needs input', more: 'it waits at a prompt' }
      return payload.status === 'running' && wasWaiting ? { tone: 'running', icon: 'half', words: 'Went on', more: '' } : undefined
    case 'task.description_changed':
      return { tone: 'quiet', icon: 'edit', words: 'Description edited', more: by }
    case 'transient.set':
      return { tone: 'cancelled', icon: 'stop', words: 'Cancel asked for', more: by }
    default:
      return undefined
  }
}

/** A reason that begins with the step's own word stands in for it: `Claimed by w_3`, not `Claimed claimed by w_3`. */
function said(words: string, more: string): Pick<Step, 'words' | 'more'> {
  const [word = ''] = words.split(',')
  const by = `${word.toLowerCase()} by `
  return more.startsWith(by) ? { words, more: more.slice(word.length + 1) } : { words, more }
}

function stateStep(payload: TaskEvent['payload']): Omit<Step, 'at'> {
  const state = payload.state as TaskState
  const { tone, icon, word } = statusOfState(state)
  const attempt = typeof payload.attempt === 'number' && payload.attempt > 1 ? `, attempt ${payload.attempt}` : ''
  const reason = String(payload.reason ?? '')
  const more = reason.length > 160 ? `${reason.slice(0, 160)}…` : reason
  if (state === 'queued') return { tone: 'retrying', icon: 'retrying', words: 'Queued again', more }
  if (state === 'claimed') return { tone: 'quiet', icon, ...said(`Claimed${attempt}`, more) }
  return { tone, icon, ...said(state === 'running' ? `Started${attempt}` : word, more) }
}
