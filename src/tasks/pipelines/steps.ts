import { type Db, UNLOCKED } from '../../db/index.ts'
import { type Task, toTask } from '../tasks.ts'
import type { StepEntry } from '../words.ts'

/** A step of a pipeline, with the names of those that it needs. */
export interface PipelineStep extends Task {
  needs: readonly string[]
}

/** In the order in which they can start. */
export async function stepsOf(db: Db, pipeline: string): Promise<PipelineStep[]> {
  const all = db.selectFrom('tasks').where('pipeline_id', '=', pipeline).where('deleted_at', 'is', null)
  const rows = await all.selectAll().orderBy('number').modifyEnd(UNLOCKED).execute()
  const needs = await db
    .selectFrom('task_dependencies')
    .innerJoin('tasks as needed', 'needed.id', 'after_id')
    .select(['task_id', 'needed.step as step'])
    .where('task_id', 'in', all.select('id'))
    .where('needed.pipeline_id', '=', pipeline)
    .orderBy('needed.number')
    .modifyEnd(UNLOCKED)
    .execute()
  const byStep = Map.groupBy(needs, ({ task_id }) => task_id)
  return rows.map((row) => ({ ...toTask(row), needs: (byStep.get(row.id) ?? []).flatMap(({ step }) => step ?? []) }))
}

export const toEntry = ({ id, step, state, needs }: PipelineStep): StepEntry => ({ id, name: step ?? id, state, needs })
