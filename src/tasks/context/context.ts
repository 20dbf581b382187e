import type { Db, Ms } from '../../db/index.ts'
import { withHolds } from '../holds.ts'
import { type PipelineInContext, pipelineOf } from '../pipelines/context.ts'
import { detail, type TaskDetail } from '../tasks.ts'
import type { Headline } from './headline.ts'
import { type Neighbours, neighbours } from './neighbours.ts'
import { type Order, orderOf } from './order.ts'
import type { Prompt } from './prompt.ts'
import { type Run, runs } from './runs.ts'

export interface TaskInContext extends TaskDetail {
  /** The attempt whose output the page shows, unless it is the newest. */
  shown?: number | undefined
  /** Why it failed, in the words of its output. */
  headline?: Headline | null
  /** What it asks while it waits for input. */
  prompt?: Prompt | null
  runs: readonly Run[]
  beside: Neighbours
  order: Order
  pipeline: PipelineInContext | null
}

/** `list.from` is the query of the list that the viewer came from. Throws not_found. */
export async function inContext(db: Db, id: string, list: { from?: string | undefined; now: Ms; zone?: string | undefined }): Promise<TaskInContext> {
  const found = await detail(db, id)
  const [task = found.task] = await withHolds(db, [found.task], list.now)
  const { before, after } = await orderOf(db, id)
  const order = { before: await withHolds(db, before, list.now), after: await withHolds(db, after, list.now) }
  const pipeline = await pipelineOf(db, found.task)
  return { ...found, task, pipeline, runs: await runs(db, found.task), beside: await neighbours(db, id, list), order }
}
