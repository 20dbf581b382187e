import type { Task } from '../../../src/tasks/tasks.ts'
import { isHeld, isOpen } from '../../../src/tasks/words.ts'
import { Elapsed, Exact, Until } from '../../ui/time.tsx'

const UNANSWERABLE = 'it seems to wait at a prompt, but it has no input. Cancel it, and run it again with the answer in its command'

/** The reason for the task's state, in one line. */
export function Why({ task, now }: { task: Task; now: number }): JSX.Element {
  const { words, because, moment } = whyOf(task, now)
  return (
    <p class="why" hx-disable>
      {words as 'safe'} {moment}
      {because ? (
        <span dir="auto" safe>
          {`: ${because}`}
        </span>
      ) : (
        ''
      )}
    </p>
  )
}

function whyOf(task: Task, now: number): { words: string; moment: JSX.Element; because: string } {
  const { state, status, queue, reason, run_at, created_at, claimed_at, started_at, finished_at, error, exit_code, hold } = task
  const since = (at: string) => <Elapsed at={at} now={now} />
  if (!isOpen(task.state)) {
    const told = isLong(error) ? (exit_code === null ? '' : `exit code ${exit_code}`) : reason
    return { words: 'Ended', moment: <Exact at={finished_at ?? created_at} />, because: told }
  }
  if (isHeld(task.state) && task.cancel_requested_at)
    return { words: 'Stopping for', moment: since(task.cancel_requested_at), because: `cancelled by ${task.cancel_requested_by ?? 'someone'}` }
  if (status === 'waiting-for-input' && started_at)
    return { words: 'Running for', moment: since(started_at), because: task.stdin === 'none' ? UNANSWERABLE : 'it waits for an answer' }
  if (isHeld(task.state))
    return {
      words: state === 'running' ? 'Running for' : 'Claimed for',
      moment: since(started_at ?? claimed_at ?? created_at),
      because: task.step_count === null ? reason : '',
    }
  if (task.step_count !== null && Date.parse(run_at) <= now)
    return { words: 'Waiting for', moment: since(run_at), because: `none of its ${task.step_count} steps has started; ${reason}` }
  if (Date.parse(run_at) > now) return { words: 'Due', moment: <Until at={run_at} now={now} />, because: reason }
  if (hold) return { words: 'Held for', moment: since(run_at), because: hold.why }
  return { words: 'Waiting for', moment: since(run_at), because: `no worker of the queue ${queue} has taken it yet; ${reason}` }
}

/** A one-line error is in the reason; a longer one has its own section. */
export const isLong = (error: string | null): error is string => error !== null && (error.includes('\n') || error.length > 140)
