import { TASK_STATES, type TaskState } from '../../src/tasks/words.ts'
import { statusOfState } from '../tasks/status.ts'
import type { IconName } from '../ui/icon.tsx'

interface Mark {
  icon: IconName
  tone: string
}

/** By the beginning of a kind; the longest that fits. */
const MARKS: Record<string, Mark> = {
  'task.created': { icon: 'plus', tone: 'quiet' },
  'task.acknowledged': { icon: 'ack', tone: 'quiet' },
  'task.input_sent': { icon: 'command', tone: 'quiet' },
  'task.deleted': { icon: 'trash', tone: 'quiet' },
  'task.': { icon: 'tasks', tone: 'quiet' },
  'transient.': { icon: 'stop', tone: 'quiet' },
  'worker.': { icon: 'workers', tone: 'quiet' },
  'queue.': { icon: 'queues', tone: 'retrying' },
  'access.': { icon: 'user', tone: 'quiet' },
}
const ASKING: Mark = { icon: 'waiting', tone: 'waiting' }
const OTHER: Mark = { icon: 'events', tone: 'quiet' }

/** The icon and the colour of an event. */
export function markOf({ kind, state }: { kind: string; state?: string }): Mark {
  if (kind === 'task.state_changed' && TASK_STATES.includes(state as TaskState)) return statusOfState(state as TaskState)
  if (kind === 'task.status' && state === 'waiting-for-input') return ASKING
  const [fits] = Object.keys(MARKS)
    .filter((start) => kind.startsWith(start))
    .sort((a, b) => b.length - a.length)
  return MARKS[fits ?? ''] ?? OTHER
}
