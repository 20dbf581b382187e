import type { Progress } from './progress.ts'
import type { TaskRow } from './tasks.ts'
import { isBroken, isHeld, isOpen, isSkipped, type TaskState } from './words.ts'

export type StepState = Pick<TaskRow, 'step' | 'state' | 'reason' | 'error' | 'exit_code'>

interface Outcome {
  state: TaskState
  reason: string
  error: string | null
  exit_code: number | null
}

const stateOf = ({ state }: Pick<TaskRow, 'state'>) => state as TaskState

/** How many steps have ended, and which run. */
export function progressOf(steps: readonly StepState[]): Progress {
  const held = steps.filter((step) => isHeld(stateOf(step))).map(({ step }) => step)
  return { done: steps.filter((step) => !isOpen(stateOf(step))).length, total: steps.length, ...(held.length > 0 && { text: held.join(', ').slice(0, 200) }) }
}

/** A pipeline runs from the start of its first step to the end of its last, and fails if one of them did. */
export function outcomeOf(pipeline: TaskRow, steps: readonly StepState[]): Outcome {
  if (steps.some((step) => isOpen(stateOf(step)))) return { ...openOutcome(pipeline, steps), error: null, exit_code: null }
  const broken = steps.find((step) => isBroken(stateOf(step)))
  if (broken) {
    const why = `${broken.step}: ${broken.error ?? broken.reason}`
    return { state: 'failed', reason: why, error: why, exit_code: broken.exit_code }
  }
  const cancelled = steps.find((step) => step.state === 'cancelled' && !isSkipped(step)) ?? steps.find(({ state }) => state === 'cancelled')
  if (!cancelled) return { state: 'succeeded', reason: `all ${steps.length} steps succeeded`, error: null, exit_code: 0 }
  const by = pipeline.cancel_requested_by
  const reason = by !== null ? `cancelled by ${by}` : isSkipped(cancelled) ? cancelled.reason : `${cancelled.step}: ${cancelled.reason}`
  return { state: 'cancelled', reason, error: null, exit_code: null }
}

function openOutcome({ state, reason }: TaskRow, steps: readonly StepState[]): Pick<Outcome, 'state' | 'reason'> {
  if (state === 'running') return { state, reason }
  const first = steps.find((step) => isHeld(stateOf(step)))
  if (first) return { state: 'running', reason: `started with ${first.step}` }
  return { state: 'queued', reason: state === 'queued' ? reason : 'a step is queued again' }
}
