import type { Hold } from '../../src/steering/hold.ts'
import type { Task } from '../../src/tasks/tasks.ts'
import { isBroken, isHeld, isSkipped, type TaskState } from '../../src/tasks/words.ts'
import type { Status } from '../ui/badge.tsx'

const STATES: Record<TaskState, Status> = {
  queued: { tone: 'queued', icon: 'queued', word: 'Queued' },
  claimed: { tone: 'running', icon: 'claimed', word: 'Claimed' },
  running: { tone: 'running', icon: 'half', word: 'Running' },
  succeeded: { tone: 'succeeded', icon: 'done', word: 'Succeeded' },
  failed: { tone: 'failed', icon: 'failed', word: 'Failed' },
  cancelled: { tone: 'cancelled', icon: 'cancelled', word: 'Cancelled' },
  lost: { tone: 'unknown', icon: 'unknown', word: 'Lost' },
}

const HOLDS: Record<Hold['by'], Status['icon']> = { paused: 'pause', at_limit: 'gauge', rate_limited: 'gauge', dependencies: 'hold' }

/** Shape, word and colour of a bare state. */
export const statusOfState = (state: TaskState): Status => STATES[state]

/** The status in more detail than its state: a queued task may be scheduled or wait for a retry. */
export function statusOf(task: Task, now: number): Status {
  const { state, status, cancel_requested_at, attempt, run_at, act, hold, acknowledged_at } = task
  if (act) return { tone: 'quiet', icon: 'stop', word: act === 'cancel' ? 'Cancelling' : 'Deleting' }
  if (isHeld(state) && cancel_requested_at !== null) return { tone: 'running', icon: 'stop', word: 'Stopping' }
  if (state === 'running' && status === 'waiting-for-input') return { tone: 'waiting', icon: 'waiting', word: 'Needs input' }
  if (state === 'queued' && Date.parse(run_at) > now) {
    return attempt > 0 ? { tone: 'retrying', icon: 'retrying', word: 'Retrying' } : { tone: 'queued', icon: 'scheduled', word: 'Scheduled' }
  }
  if (isBroken(state) && acknowledged_at !== null) return { ...STATES[state], tone: 'quiet' }
  if (isSkipped(task)) return { ...STATES.cancelled, icon: 'skip', word: 'Skipped' }
  return hold ? { tone: 'retrying', icon: HOLDS[hold.by], word: 'Held' } : STATES[state]
}

/** Why it failed: in its own words, if it printed some. */
export const failureOf = ({ last_error, error, reason }: Task): string => last_error ?? ((error ?? reason).split('\n', 1)[0] as string)
