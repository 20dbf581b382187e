import type { Task, TaskEvent } from '../../../src/tasks/tasks.ts'
import { isOpen, type TaskState } from '../../../src/tasks/words.ts'
import { type Step, Steps, said } from '../../ui/timeline.tsx'
import { statusOfState } from '../status.ts'

/** Older steps are folded. */
const SHOWN = 12

/** A task's steps, with the time between them; the last step of an open task is still counting. */
export function Timeline({ task, events, now }: { task: Task; events: readonly TaskEvent[]; now: number }): JSX.Element {
  const steps = stepsOf(events)
  const shown = steps.slice(-SHOWN)
  const folded = steps.slice(0, -SHOWN)
  return (
    <section class="block" aria-label="Timeline" hx-disable>
      <h2>Timeline</h2>
      {folded.length > 0 ? (
        <details class="more">
          <summary>{`${folded.length} earlier ${folded.length === 1 ? 'step' : 'steps'}` as 'safe'}</summary>
          <Steps steps={folded} until={shown[0]?.at} isCounting={false} now={now} />
        </details>
      ) : (
        ''
      )}
      <Steps steps={shown} isCounting={isOpen(task.state)} now={now} />
    </section>
  )
}

function stepsOf(events: readonly TaskEvent[]): Step[] {
  const steps: Step[] = []
  let isWaiting = false
  let isPending = false
  for (const event of events) {
    const wasWaiting = isWaiting
    // A scheduled act is reported again when it takes effect.
    if (isPending && event.kind === 'transient.set') continue
    if (event.kind.startsWith('transient.')) isPending = event.kind === 'transient.set'
    if (event.kind === 'task.status') isWaiting = event.payload.status === 'waiting-for-input'
    const step = stepOf(event, wasWaiting)
    if (step) steps.push({ ...step, at: event.at, ...(event.cause && { after: linkOf(event.cause.subject) }) })
  }
  return steps
}

/** `worker:w_3` → its page. */
function linkOf(subject: string): Step['after'] {
  const [noun = '', id = ''] = subject.split(':')
  return { href: `/${noun}s/${id}`, label: `after ${id}` }
}

function stepOf({ kind, actor, payload }: TaskEvent, wasWaiting: boolean): Omit<Step, 'at'> | undefined {
  const by = `by ${actor}`
  switch (kind) {
    case 'task.created':
      return { tone: 'queued', icon: 'plus', word: 'Created', more: by }
    case 'task.state_changed':
      return stateStep(payload)
    case 'task.status':
      if (payload.status === 'waiting-for-input') return { tone: 'waiting', icon: 'waiting', word: 'Needs input', more: 'waiting at a prompt' }
      return payload.status === 'running' && wasWaiting ? { tone: 'running', icon: 'half', word: 'Resumed', more: '' } : undefined
    case 'task.description_changed':
      return { tone: 'quiet', icon: 'edit', word: 'Description edited', more: by }
    case 'transient.set':
      return { tone: 'cancelled', icon: 'stop', word: payload.transient_kind === 'destroying' ? 'Deletion requested' : 'Cancel requested', more: by }
    case 'transient.cleared':
      return String(payload.error).startsWith('undone by') ? { tone: 'quiet', icon: 'undo', ...said('Undone', String(payload.error)) } : undefined
    default:
      return undefined
  }
}

function stateStep(payload: TaskEvent['payload']): Omit<Step, 'at'> {
  const state = payload.state as TaskState
  const { tone, icon, word } = statusOfState(state)
  const attempt = typeof payload.attempt === 'number' && payload.attempt > 1 ? `, attempt ${payload.attempt}` : ''
  const reason = String(payload.reason ?? '')
  const more = reason.length > 160 ? `${reason.slice(0, 160)}…` : reason
  if (state === 'queued') return { tone: 'retrying', icon: 'retrying', word: 'Queued again', more }
  if (state === 'claimed') return { tone: 'quiet', icon, ...said(`Claimed${attempt}`, more) }
  return { tone, icon, ...said(state === 'running' ? `Started${attempt}` : word, more) }
}
