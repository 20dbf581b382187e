import type { Insertable } from 'kysely'
import type { z } from 'zod'
import { mustExist } from '../../access/kept-secrets.ts'
import type { TaskTable } from '../../db/engine/schema.ts'
import { asLine } from '../../input/texts.ts'
import type { App } from '../../live/app.ts'
import type { Caller, Mutation, Tx } from '../../log/mutate.ts'
import { events } from '../events.ts'
import { stepsOf, toEntry } from '../pipelines/steps.ts'
import { writeProgress } from '../progress.ts'
import { timeIn } from '../search/instant.ts'
import { PRIORITY, type Task, type TaskRow, toTask } from '../tasks.ts'
import { briefly, lastStep, refuseDouble, rowIn, waitFor } from '../transition.ts'
import type { Step } from '../types/pipeline-file.ts'
import { inShell, type NewTask, type Runs, TITLE_LENGTH, whatRuns } from './new-task.ts'

/** Queues a new task; of a pipeline, all its steps in one transaction. Throws invalid, or conflict if an open task has the same unique key. */
export async function create(app: App, caller: Caller, input: z.infer<typeof NewTask>): Promise<Mutation<Task>> {
  const runs = await whatRuns(app, input)
  const env = { ...runs.defaults.env, ...input.env }
  await mustExist(app, env)
  return app.mutate(caller, async (tx) => {
    await refuseDouble(tx, input.unique_key)
    const columns = columnsOf(app, tx, input, { ...runs, defaults: { ...runs.defaults, env } })
    if (runs.steps) return createPipeline(tx, input, columns, runs.steps)
    const row = await insert(tx, columns)
    return toTask(input.after.length > 0 ? await waitFor(tx, row, input.after, input.on) : row)
  })
}

/** The first steps wait for what the pipeline waits for. */
async function createPipeline(tx: Tx, { after, on, retries }: Input, whole: Columns, steps: readonly Step[]): Promise<Task> {
  const waiting = {
    step_count: steps.length,
    waits_for: steps.length,
    max_attempts: 1,
    timeout_s: null,
    progress: writeProgress({ done: 0, total: steps.length }),
  }
  const { id } = await insert(tx, { ...whole, ...waiting })
  const shared = { ...whole, description: '', contract: null, unique_key: null, parent_task_id: id, pipeline_id: id }
  const ids = new Map<string, string>()
  for (const step of steps) {
    const row = await insert(tx, {
      ...shared,
      step: step.name,
      title: `${whole.title}: ${step.name}`.slice(0, TITLE_LENGTH).toWellFormed(),
      command: inShell(step.argv),
      argv: JSON.stringify(step.argv),
      queue: step.queue ?? whole.queue,
      timeout_s: step.timeout_s ?? whole.timeout_s ?? null,
      max_attempts: (step.retries ?? retries) + 1,
      run_at: step.needs.length > 0 ? tx.now : whole.run_at,
    })
    ids.set(step.name, row.id)
  }
  for (const { name, needs } of steps) {
    const row = await rowIn(tx, ids.get(name) as string)
    if (needs.length > 0)
      await waitFor(
        tx,
        row,
        needs.map((need) => ids.get(need) as string),
        'success',
      )
    else if (after.length > 0) await waitFor(tx, row, after, on)
  }
  return { ...toTask(await rowIn(tx, id)), steps: (await stepsOf(tx.db, id)).map(toEntry) }
}

type Input = z.infer<typeof NewTask>
type Columns = Insertable<TaskTable>

const columnsOf = (app: App, tx: Tx, input: Input, { argv, command, defaults }: Runs): Columns => ({
  title: input.title ?? defaults.title ?? titleFrom(command),
  description: input.description,
  command,
  argv: JSON.stringify(argv),
  type: input.type ?? null,
  cwd: input.cwd ?? defaults.cwd ?? null,
  env: JSON.stringify(defaults.env),
  stdin: input.pty ? 'pty' : (input.stdin ?? defaults.stdin ?? 'none'),
  queue: input.queue ?? defaults.queue ?? 'default',
  project: input.project ?? null,
  urgency: input.urgency,
  priority: PRIORITY[input.urgency],
  contract: input.contract ?? null,
  parent_task_id: input.parent_task_id ?? null,
  created_by: tx.actor.name,
  state: 'queued',
  reason: `created by ${tx.actor.name}`,
  max_attempts: input.retries + 1,
  idempotent: input.idempotent ? 1 : 0,
  timeout_s: input.timeout_s ?? defaults.timeout_s ?? null,
  unique_key: input.unique_key ?? null,
  lease_ttl_ms: app.config['lease-ms'],
  run_at: input.run_at === undefined ? tx.now : timeIn(input.run_at, input.zone),
  created_at: tx.now,
})

async function insert(tx: Tx, columns: Columns): Promise<TaskRow> {
  const row = await tx.db.insertInto('tasks').values(columns).returningAll().executeTakeFirstOrThrow()
  await logCreated(tx, row)
  return row
}

async function logCreated(tx: Tx, row: TaskRow) {
  const { id: task_id, state, urgency, contract, title, queue, project, parent_task_id, type, max_attempts, created_by } = row
  const about = { task_id, state, urgency, contract, title, queue, project, parent_task_id, command: briefly(row), type, max_attempts }
  const times = { created_at: new Date(row.created_at).toISOString(), run_at: new Date(row.run_at).toISOString() }
  const cause = tx.cause ?? (parent_task_id === null ? undefined : await lastStep(tx, parent_task_id))
  await tx.emit(events.created, `task:${task_id}`, { ...about, ...times, created_by }, cause)
}

const titleFrom = (command: string) => command.split('\n').map(asLine).find(Boolean)?.slice(0, TITLE_LENGTH).toWellFormed() ?? 'Untitled task'
