import type { UpdateObject } from 'kysely'
import { type Db, type Ms, OPEN, type Schema, UNLOCKED } from '../db/index.ts'
import { conflict, invalid, notFound, Problem } from '../input/problem.ts'
import { newestOf } from '../log/log.ts'
import { because, type Tx } from '../log/mutate.ts'
import { events, transients } from './events.ts'
import { outcomeOf, progressOf } from './outcome-of-steps.ts'
import { writeProgress } from './progress.ts'
import type { ProcessStatus, TaskRow } from './tasks.ts'
import { isOpen, isSkipped, SKIPPED, type TaskState } from './words.ts'

type Columns = UpdateObject<Schema, 'tasks'>

export const NO_ACT = { act: null, act_at: null, act_by: null }
export const NOT_ACKNOWLEDGED = { acknowledged_at: null, acknowledged_by: null, acknowledged_note: null }
/** A task that is queued again has not started, failed or been cancelled yet. */
export const AFRESH = {
  worker_id: null,
  claimed_at: null,
  started_at: null,
  finished_at: null,
  cancel_requested_at: null,
  cancel_requested_by: null,
  exit_code: null,
  error: null,
  result: null,
  ...NOT_ACKNOWLEDGED,
}

export async function rowIn({ db }: { db: Db }, id: string): Promise<TaskRow> {
  const found = await db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!found) throw notFound(`There is no task ${id}. It may have been deleted.`)
  return found
}

/** Throws conflict with the current state unless this worker holds the task under this fence. */
export async function heldBy(at: { db: Db }, id: string, { worker_id, fence }: { worker_id: string; fence: number }): Promise<TaskRow> {
  const row = await rowIn(at, id)
  const holds = row.fence === fence && row.worker_id === worker_id && (row.state === 'claimed' || row.state === 'running')
  if (holds) return row
  throw conflict(`${worker_id} no longer holds ${id} under fence ${fence}: it is ${row.state}. Stop its process.`, {
    state: row.state,
    fence: row.fence,
  })
}

/** Throws conflict if an open task has the same unique key. */
export async function refuseDouble(tx: Tx, uniqueKey: string | undefined) {
  if (uniqueKey === undefined) return
  const open = await tx.db.selectFrom('tasks').select(['id', 'state']).where('unique_key', '=', uniqueKey).where(OPEN).executeTakeFirst()
  if (!open) return
  throw new Problem('conflict', `The open task ${open.id} already has the unique key ${JSON.stringify(uniqueKey)}.`, {
    fields: { unique_key: 'Another open task has this key.' },
    extra: { task_id: open.id, state: open.state },
  })
}

export const lastStep = (tx: Tx, id: string) => newestOf(tx, `task:${id}`, [events.created, events.stateChanged])

export const lastScheduled = (tx: Tx, id: string) => newestOf(tx, `task:${id}`, [transients.set])

/** The only writer of `tasks.state`; also logs the change and ends a scheduled act that is moot. */
export async function moveTo(tx: Tx, row: TaskRow, state: TaskState, reason: string, columns: Columns = {}): Promise<TaskRow> {
  const ends = endsAct(row, state)
  // Each attempt starts its progress over; that of the last one stays.
  const begins = state === 'queued' || state === 'claimed'
  const moved = await change(tx, row, {
    ...columns,
    ...(ends && NO_ACT),
    ...(begins && { progress: null }),
    ...(state !== 'queued' && { waits_for: null }),
    state,
    reason,
  })
  const { attempt, worker_id, exit_code } = moved
  const facts = { task_id: row.id, state, reason, attempt, worker_id, exit_code, ...(await rowFacts(tx, moved)) }
  const seq = await tx.emit(events.stateChanged, `task:${row.id}`, facts, tx.cause ?? (await lastStep(tx, row.id)))
  if (ends) await cleared(because(tx, seq), row, { ok: state === 'cancelled' })
  if (!isOpen(state)) await settleDependents(because(tx, seq), row.id)
  if (row.pipeline_id !== null) await settlePipeline(because(tx, seq), row.pipeline_id)
  return moved
}

/** Moves a pipeline to the state that its steps give it. */
async function settlePipeline(tx: Tx, id: string) {
  const row = await tx.db.selectFrom('tasks').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!row) return
  // Read once its row is locked: another change may have moved a step meanwhile.
  const steps = await tx.db
    .selectFrom('tasks')
    .select(['step', 'state', 'reason', 'error', 'exit_code'])
    .where('pipeline_id', '=', id)
    .orderBy('number')
    .modifyEnd(UNLOCKED)
    .execute()
  const { state, reason, error, exit_code } = outcomeOf(row, steps)
  const { done, ...running } = progressOf(steps)
  const now = { progress: writeProgress({ done, ...running }), ...(state === 'queued' && { waits_for: steps.length - done }) }
  if (state === row.state) return void (await change(tx, row, now))
  const isOver = !isOpen(state)
  const started_at = state === 'running' ? (row.started_at ?? tx.now) : row.started_at
  const times = state === 'queued' ? AFRESH : { started_at, finished_at: isOver ? tx.now : null, error, exit_code }
  const moved = await moveTo(tx, row, state, reason, { ...times, ...now })
  if (state === 'queued') await change(tx, moved, now)
  if (isOver && row.cancel_requested_at !== null) await cleared(because(tx, tx.newest()), row, { ok: state === 'cancelled' })
}

/** Releases or skips the tasks that wait for this one, which has ended or is gone. */
export async function settleDependents(tx: Tx, id: string) {
  for (const row of await dependentsOf(tx, id, 'queued')) if (row.waits_for !== null) await settle(tx, row)
}

/** Queues those again that were skipped because of this task, which is queued again. */
export async function restoreSkipped(tx: Tx, id: string) {
  for (const row of await dependentsOf(tx, id, 'cancelled')) {
    if (!isSkipped(row)) continue
    await settle(tx, await moveTo(tx, row, 'queued', `waits again: ${id} was retried`, { finished_at: null }))
    await restoreSkipped(tx, row.id)
  }
}

/** Throws invalid for a task that does not exist. There are no cycles: a task waits only for older ones. */
export async function waitFor(tx: Tx, row: TaskRow, after: readonly string[], on: 'success' | 'any'): Promise<TaskRow> {
  const ids = [...new Set(after)]
  const found = await tx.db
    .selectFrom('tasks')
    .select('id')
    .where('id', 'in', ids)
    .where('number', '<', row.number)
    .where('deleted_at', 'is', null)
    .orderBy('number')
    .execute()
  const missing = ids.find((id) => !found.some((parent) => parent.id === id))
  if (missing) throw invalid(`There is no task ${missing} to wait for.`, { after: `There is no task ${missing}.` })
  await tx.db
    .insertInto('task_dependencies')
    .values(ids.map((after_id) => ({ task_id: row.id, after_id, on_end: on })))
    .execute()
  return settle(tx, row)
}

/** Counts what the task still waits for; skips it if it waits in vain, unless it is to start `inAnyCase`. */
export async function settle(tx: Tx, row: TaskRow, inAnyCase = false): Promise<TaskRow> {
  const parents = await tx.db
    .selectFrom('task_dependencies')
    .innerJoin('tasks', 'tasks.id', 'after_id') // one that retention has removed was settled when it ended
    .select(['after_id', 'on_end', 'title', 'state', 'deleted_at'])
    .where('task_id', '=', row.id)
    .orderBy('tasks.number')
    .modifyEnd(UNLOCKED)
    .execute()
  const isPending = ({ state, deleted_at }: (typeof parents)[number]) => isOpen(state as TaskState) && deleted_at === null
  const vain = parents.find((parent) => parent.on_end === 'success' && parent.state !== 'succeeded' && !isPending(parent))
  if (vain && !inAnyCase) {
    const how = isOpen(vain.state as TaskState) ? 'was deleted' : WORDS[vain.state]
    return moveTo(tx, row, 'cancelled', `${SKIPPED}${vain.after_id} “${vain.title}” ${how}`, { finished_at: tx.now })
  }
  const waits_for = parents.filter(isPending).length || null
  // It waits for a worker only from now on.
  return change(tx, row, { waits_for, ...(waits_for === null && { run_at: Math.max(row.run_at, tx.now) }) })
}

const WORDS: Record<string, string> = { failed: 'failed', cancelled: 'was cancelled', lost: 'was lost' }

const dependentsOf = (tx: Tx, id: string, state: TaskState) =>
  tx.db
    .selectFrom('tasks')
    .selectAll()
    .where('id', 'in', ({ selectFrom }) => selectFrom('task_dependencies').select('task_id').where('after_id', '=', id))
    .where('state', '=', state)
    .where('deleted_at', 'is', null)
    .orderBy('number')
    .execute()

export async function setStatus(tx: Tx, row: TaskRow, status: ProcessStatus): Promise<TaskRow> {
  if (row.status === status) return row
  const changed = await change(tx, row, { status })
  const { title, queue, state, worker_id, finished_at } = changed
  const finished = status === 'completed' && finished_at !== null ? { finished_at: iso(finished_at) } : {}
  const cause = tx.newest() ?? (await lastStep(tx, row.id))
  await tx.emit(events.status, `task:${row.id}`, { task_id: row.id, status, ...finished, title, queue, state, worker_id }, cause)
  return changed
}

export async function set(tx: Tx, { id, title }: TaskRow, transient_kind: 'stopping' | 'destroying') {
  await tx.emit(transients.set, `task:${id}`, { name: id, transient_kind, since_unix: Math.floor(tx.now / 1000), title })
}

export async function cleared(tx: Tx, { id, title }: TaskRow, how: { ok: boolean; error?: string }) {
  await tx.emit(transients.cleared, `task:${id}`, { name: id, ...how, title })
}

export async function change(tx: Tx, row: TaskRow, columns: Columns): Promise<TaskRow> {
  return tx.db.updateTable('tasks').set(columns).where('number', '=', row.number).returningAll().executeTakeFirstOrThrow()
}

const FIRST_LINE = 200

export const briefly = ({ command }: TaskRow) => command.slice(0, command.search(/\n|$/)).slice(0, FIRST_LINE).toWellFormed()

async function rowFacts(tx: Tx, row: TaskRow) {
  const { title, queue, max_attempts, created_at, run_at, started_at, finished_at, worker_id } = row
  const worker = worker_id === null ? undefined : await tx.db.selectFrom('workers').select('name').where('id', '=', worker_id).executeTakeFirst()
  const times = {
    created_at: iso(created_at),
    run_at: iso(run_at),
    started_at: started_at === null ? null : iso(started_at),
    finished_at: finished_at === null ? null : iso(finished_at),
  }
  return { title, queue, command: briefly(row), max_attempts, ...times, worker_name: worker?.name ?? null }
}

const iso = (at: Ms) => new Date(at).toISOString()

/** A cancel ends with its task; queueing a task again ends a scheduled deletion. */
const endsAct = ({ act }: TaskRow, state: TaskState) => (act === 'cancel' && !isOpen(state)) || (act === 'delete' && state === 'queued')
