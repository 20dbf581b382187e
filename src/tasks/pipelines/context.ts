import type { Db } from '../../db/index.ts'
import { type Attempt, detail, row, type Task, toTask } from '../tasks.ts'
import { isBroken, isHeld, isOpen } from '../words.ts'
import { type PipelineStep, stepsOf } from './steps.ts'

/** The pipeline of which a page shows one step: its own page, or that of the step. */
export interface PipelineInContext {
  task: Task
  /** In the order in which they can start. */
  steps: readonly PipelineStep[]
  /** The step whose log is shown, with its attempts. */
  shown: { task: Task; attempts: readonly Attempt[] }
}

/** Null for a task that is neither a pipeline nor a step of one. */
export async function pipelineOf(db: Db, task: Task): Promise<PipelineInContext | null> {
  const id = task.step_count === null ? task.pipeline_id : task.id
  if (id === null) return null
  const steps = await stepsOf(db, id)
  const shown = task.step === null ? telling(steps) : task
  return { task: task.step === null ? task : toTask(await row(db, id)), steps, shown: await detail(db, shown.id) }
}

/** The step that shows best how its pipeline is: the first that failed or waits for a person, else one that runs, else the last that ran. */
function telling(steps: readonly PipelineStep[]): PipelineStep {
  const found =
    steps.find(({ state }) => isBroken(state)) ??
    steps.find(({ status, state }) => state === 'running' && status === 'waiting-for-input') ??
    steps.find(({ state }) => isHeld(state)) ??
    steps.findLast(({ state, attempt }) => !isOpen(state) && attempt > 0)
  return found ?? (steps[0] as PipelineStep)
}
