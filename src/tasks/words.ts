export const TASK_STATES = ['queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'lost'] as const
export type TaskState = (typeof TASK_STATES)[number]
export const URGENCIES = ['low', 'medium', 'high'] as const
export type Urgency = (typeof URGENCIES)[number]

export const OPEN_STATES: readonly TaskState[] = ['queued', 'claimed', 'running']
export const isOpen = (state: TaskState) => OPEN_STATES.includes(state)
/** Begins the reason of a task that was cancelled because one that it waited for failed. */
export const SKIPPED = 'skipped: '
export const isSkipped = ({ state, reason }: { state: string; reason: string }) => state === 'cancelled' && reason.startsWith(SKIPPED)
export const isBroken = (state: TaskState) => state === 'failed' || state === 'lost'
export const isHeld = (state: TaskState) => state === 'claimed' || state === 'running'

/** A step of a pipeline; `needs` are names of others. */
export interface StepEntry {
  id: string
  name: string
  state: TaskState
  needs: readonly string[]
}

export const WINDOW_SIZE = 50
export const MOST_ROWS = 200
/** The lines of a log in one answer. */
export const MOST_LINES = 500

export const BUSY = 'The server is searching other logs. Search again in a moment.'

export const QUALIFIERS = ['state', 'queue', 'worker', 'project', 'urgency', 'type', 'by', 'since', 'log', 'pipeline'] as const
export type Qualifier = (typeof QUALIFIERS)[number]

export function typedTerm(name: Qualifier | 'text', value: string, isExcluded = false): string {
  const isBare = name === 'text' ? /^[^\s":-][^\s":]*$/.test(value) : /^[^\s"]+$/.test(value)
  const shown = isBare ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
  return `${isExcluded ? '-' : ''}${name === 'text' ? '' : `${name}:`}${shown}`
}
