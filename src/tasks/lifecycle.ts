import { z } from 'zod'
import { mustExist } from '../access/kept-secrets.ts'
import { OPEN } from '../db/index.ts'
import { cwd, environment } from '../input/environment.ts'
import { conflict, invalid, Problem } from '../input/problem.ts'
import { quoted } from '../input/shell.ts'
import { argument, asLine, line, queueName, taskId, taskIds } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { because, type Caller, type Mutation, type Tx } from '../log/mutate.ts'
import { STDINS } from '../process/stdin.ts'
import { acknowledgeIn, NOT_ACKNOWLEDGED, unacknowledgeIn } from './acknowledge.ts'
import { events } from './events.ts'
import { timeIn, written, zoneName } from './search/instant.ts'
import { type Act, PRIORITY, type Task, type TaskRow, toTask } from './tasks.ts'
import { briefly, change, cleared, lastStep, moveTo, NO_ACT, restoreSkipped, rowIn, set, settleDependents, waitFor } from './transition.ts'
import { argvOf, type TaskType, taskType } from './types/types.ts'
import { isHeld, isOpen, type TaskState, URGENCIES } from './words.ts'

const TITLE_LENGTH = 200

const CHECKBOX_VALUES = new Map<unknown, boolean>(Object.entries({ on: true, true: true, 1: true, off: false, false: false, 0: false }))
const checkbox = z.preprocess((value) => CHECKBOX_VALUES.get(value) ?? value, z.boolean().default(false))
const params = z.preprocess((value) => (typeof value === 'string' ? fromJson(value) : value), z.record(z.string(), z.unknown()).optional())
const text = (most: number) => argument(most).trim().min(1)

const description = argument(20_000).default('')

export const NewTask = z.strictObject({
  title: line(TITLE_LENGTH).optional(),
  command: text(32_768).optional(),
  argv: z.array(argument(32_768)).min(1).max(1000).optional(),
  type: line(100).optional(),
  params,
  cwd: cwd.optional(),
  env: environment.optional(),
  stdin: z.enum(STDINS).optional(),
  /** Short for `stdin: pty`. */
  pty: checkbox,
  queue: queueName.optional(),
  project: line(100).optional(),
  urgency: z.enum(URGENCIES).default('medium'),
  contract: text(2000).optional(),
  description,
  parent_task_id: taskId.optional(),
  timeout_s: z.coerce.number().int().min(1).max(604_800).optional(),
  retries: z.coerce.number().int().min(0).max(20).default(0),
  idempotent: checkbox,
  unique_key: line(200).optional(),
  /** The tasks that must end first, and how. */
  after: taskIds.default([]),
  on: z.enum(['success', 'any']).default('success'),
  run_at: written.optional(),
  zone: zoneName,
})
export type NewTask = z.input<typeof NewTask>

export const Description = z.strictObject({ description, version: z.coerce.number().int().min(1) })

/** Queues a new task. Throws invalid, or conflict if an open task has the same unique key. */
export async function create(app: App, caller: Caller, input: z.infer<typeof NewTask>): Promise<Mutation<Task>> {
  const { argv, command, defaults } = await whatRuns(app, input)
  const env = { ...defaults.env, ...input.env }
  await mustExist(app, env)
  return app.mutate(caller, async (tx) => {
    await refuseDouble(tx, input.unique_key)
    const row = await tx.db
      .insertInto('tasks')
      .values({
        title: input.title ?? defaults.title ?? titleFrom(command),
        description: input.description,
        command,
        argv: JSON.stringify(argv),
        type: input.type ?? null,
        cwd: input.cwd ?? defaults.cwd ?? null,
        env: JSON.stringify(env),
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
      .returningAll()
      .executeTakeFirstOrThrow()
    await logCreated(tx, row)
    return toTask(input.after.length > 0 ? await waitFor(tx, row, input.after, input.on) : row)
  })
}

/** Cancels a waiting task at once, or asks the worker to kill a running one. A second call changes nothing. Throws conflict for a task that has ended. */
export function cancel(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await cancelIn(tx, await rowIn(tx, id))))
}

/** Queues a task again that has ended. Throws conflict otherwise. */
export function retry(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await retryIn(tx, await rowIn(tx, id))))
}

/** Its events stay. Throws conflict while a worker holds it. */
export function remove(app: App, caller: Caller, id: string): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => toTask(await removeIn(tx, await rowIn(tx, id))))
}

/** Throws conflict with the newer text if someone else edited it. */
export function describe(app: App, caller: Caller, id: string, { description, version }: z.infer<typeof Description>): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await rowIn(tx, id)
    if (row.version !== version) {
      throw conflict('Someone else edited this description meanwhile. Compare the texts, then save again.', {
        description: row.description,
        version: row.version,
      })
    }
    if (row.description === description) return toTask(row)
    const edited = await tx.db
      .updateTable('tasks')
      .set({ description, version: version + 1 })
      .where('number', '=', row.number)
      .returningAll()
      .executeTakeFirstOrThrow()
    await tx.emit(events.descriptionChanged, `task:${id}`, { task_id: id, description, title: row.title, queue: row.queue })
    return toTask(edited)
  })
}

export const VERBS = { cancel: cancelIn, retry: retryIn, delete: removeIn, acknowledge: acknowledgeIn, unacknowledge: unacknowledgeIn } as const
export type Verb = keyof typeof VERBS

/** Throws conflict for a cancel after the end, or a deletion while a worker holds the task. */
export function mustFit({ id, state }: TaskRow, act: Act) {
  if (act === 'cancel' && !isOpen(state as TaskState)) throw conflict(`${id} is already ${state} and cannot be cancelled.`, { state })
  if (act === 'delete' && isHeld(state as TaskState)) throw conflict(`${id} is ${state}. Cancel it before you delete it.`, { state })
}

async function logCreated(tx: Tx, row: TaskRow) {
  const { id: task_id, state, urgency, contract, title, queue, project, parent_task_id, type, max_attempts, created_by } = row
  const about = { task_id, state, urgency, contract, title, queue, project, parent_task_id, command: briefly(row), type, max_attempts }
  const times = { created_at: new Date(row.created_at).toISOString(), run_at: new Date(row.run_at).toISOString() }
  const cause = tx.cause ?? (parent_task_id === null ? undefined : await lastStep(tx, parent_task_id))
  await tx.emit(events.created, `task:${task_id}`, { ...about, ...times, created_by }, cause)
}

async function cancelIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  mustFit(row, 'cancel')
  const state = row.state as TaskState
  const by = { cancel_requested_at: tx.now, cancel_requested_by: tx.actor.name }
  if (!isHeld(state)) return moveTo(tx, row, 'cancelled', `cancelled by ${tx.actor.name}`, { ...by, finished_at: tx.now })
  if (row.cancel_requested_at !== null) return row
  const cancelling = await change(tx, row, { ...by, ...NO_ACT })
  if (row.act !== 'cancel') await set(tx, row, 'stopping')
  return cancelling
}

async function retryIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  const state = row.state as TaskState
  if (isOpen(state)) throw conflict(`${row.id} is ${state}. Only a task that has ended can be retried.`, { state })
  await refuseDouble(tx, row.unique_key ?? undefined)
  const queued = await moveTo(tx, row, 'queued', `retried by ${tx.actor.name}`, {
    max_attempts: Math.max(row.max_attempts, row.attempt + 1),
    worker_id: null,
    run_at: tx.now,
    claimed_at: null,
    started_at: null,
    finished_at: null,
    cancel_requested_at: null,
    cancel_requested_by: null,
    exit_code: null,
    error: null,
    result: null,
    ...NOT_ACKNOWLEDGED,
  })
  await restoreSkipped(tx, row.id)
  return queued
}

async function removeIn(tx: Tx, row: TaskRow): Promise<TaskRow> {
  mustFit(row, 'delete')
  const removed = await change(tx, row, { deleted_at: tx.now, unique_key: null, ...NO_ACT })
  await tx.emit(events.deleted, `task:${row.id}`, { task_id: row.id, reason: `deleted by ${tx.actor.name}`, title: row.title, queue: row.queue })
  if (row.act !== null) await cleared(because(tx, tx.newest()), row, { ok: row.act === 'delete' })
  if (isOpen(row.state as TaskState)) await settleDependents(because(tx, tx.newest()), row.id)
  return removed
}

async function refuseDouble(tx: Tx, uniqueKey: string | undefined) {
  if (uniqueKey === undefined) return
  const open = await tx.db.selectFrom('tasks').select(['id', 'state']).where('unique_key', '=', uniqueKey).where(OPEN).executeTakeFirst()
  if (!open) return
  throw new Problem('conflict', `The open task ${open.id} already has the unique key ${JSON.stringify(uniqueKey)}.`, {
    fields: { unique_key: 'Another open task has this key.' },
    extra: { task_id: open.id, state: open.state },
  })
}

interface Runs {
  argv: readonly string[]
  command: string
  defaults: Partial<Pick<TaskType, 'title' | 'queue' | 'timeout_s' | 'cwd' | 'env' | 'stdin'>>
}

async function whatRuns(app: App, { command, argv, type, params }: z.infer<typeof NewTask>): Promise<Runs> {
  const given = [command, argv, type].filter((way) => way !== undefined).length
  if (given !== 1)
    throw invalid('A task needs exactly one of: command, arguments, type.', {
      command: given === 0 ? 'Enter a command.' : 'Give only one of: command, arguments, type.',
    })
  if (type === undefined && !app.config.shell) throw new Problem('forbidden', 'Shell commands are disabled (--no-shell). Choose a task type.')
  if (command !== undefined) return { argv: ['/bin/sh', '-c', command], command, defaults: {} }
  if (argv !== undefined) return { argv: named(argv, 'argv'), command: argv.map(quoted).join(' '), defaults: {} }
  const found = await taskType(app, type as string)
  const filled = named(argvOf(found, params ?? {}), 'type')
  return { argv: filled, command: filled.map(quoted).join(' '), defaults: found }
}

function named(argv: readonly string[], field: string): readonly string[] {
  if (argv[0] === '') throw invalid(`${field}: The program name is empty.`, { [field]: 'The program name is empty.' })
  return argv
}

const titleFrom = (command: string) => command.split('\n').map(asLine).find(Boolean)?.slice(0, TITLE_LENGTH).toWellFormed() ?? 'Untitled task'

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
