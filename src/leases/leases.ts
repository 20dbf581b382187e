import { z } from 'zod'
import { HELD } from '../db/index.ts'
import { conflict, Problem } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import { doorbell } from '../live/doorbell.ts'
import { TELLTALE } from '../log/actor.ts'
import { because, type Caller, type Mutation } from '../log/mutate.ts'
import { failureLines } from '../tasks/found/failure-lines.ts'
import { Progress, publishProgress, writeProgress } from '../tasks/progress.ts'
import { type Task, toTask } from '../tasks/tasks.ts'
import { change, heldBy, lastStep, moveTo, rowIn, setStatus } from '../tasks/transition.ts'
import { isHeld, type TaskState } from '../tasks/words.ts'
import { PauseWatch } from '../time/pause.ts'
import { endAttempt, type Finish, Holder, orphaned, reported } from './ending.ts'
import { leaseOf, leases } from './lease.ts'
import { contacts, settle, whilePresent } from './presence.ts'

const WORTH_LOGGING_MS = 2000
export const LONGEST_WAIT_S = 60

export const Run = Holder.extend({ pid: z.int().nullish() }).strict()
export const Beat = Holder.extend({
  wait_s: z.number().min(0).max(LONGEST_WAIT_S).default(0),
  status: z.enum(['running', 'waiting-for-input']).optional(),
  progress: Progress.optional(),
}).strict()

/** No worker can reach a suspended server, so leases do not age during a suspension. */
export const pauses = perApp(
  (app) =>
    new PauseWatch(app.clock, (ms) => {
      leases(app).extend(ms)
      contacts(app).excuse(ms)
      if (ms > WORTH_LOGGING_MS) app.log.info(`the server was paused for ${Math.round(ms / 1000)} s: every lease was extended by that`)
    }),
)

export function run(app: App, caller: Caller, id: string, holder: z.infer<typeof Run>): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await heldBy(tx, id, holder)
    await leases(app).grant(tx, leaseOf(row))
    if (row.state === 'running') return toTask(row)
    const pid = holder.pid ?? null
    await tx.db.updateTable('attempts').set({ started_at: tx.now, pid }).where('task_id', '=', id).where('attempt', '=', row.attempt).execute()
    const moved = await moveTo(tx, row, 'running', `started by ${holder.worker_id}`, { started_at: tx.now })
    return toTask(await setStatus(tx, moved, 'running'))
  })
}

/** Renews the lease, then waits up to `wait_s` for news, so that a cancel reaches the worker at once. Throws conflict for a stale fence. */
export function beat(app: App, caller: Caller, id: string, body: z.infer<typeof Beat>, gone?: AbortSignal) {
  return whilePresent(app, body.worker_id, () => beatAndWait(app, caller, id, body, gone))
}

/** A beat alone writes no row, so on SQLite it counts even while the database cannot be written. */
async function noteBeat(app: App, caller: Caller, id: string, body: z.infer<typeof Beat>) {
  const { status, progress } = body
  const isRenewed = await leases(app).renew(leaseOf(await heldBy(app, id, body)))
  if (isRenewed && !status && !progress) return
  await app.mutate(caller, async (tx) => {
    const row = await heldBy(tx, id, body)
    if (!isRenewed) await leases(app).grant(tx, leaseOf(row))
    const held = progress ? await change(tx, row, { progress: writeProgress(progress) }) : row
    if (status && held.state === 'running') await setStatus(tx, held, status)
  })
}

async function beatAndWait(app: App, caller: Caller, id: string, body: z.infer<typeof Beat>, gone?: AbortSignal) {
  const bell = doorbell(app, ({ subject }) => subject === `task:${id}` || subject === `worker:${body.worker_id}`)
  try {
    await noteBeat(app, caller, id, body)
    if (body.progress) publishProgress(app, id, body.progress)
    const deadline = app.clock.elapsed() + body.wait_s * 1000
    for (;;) {
      const { task, worker } = await holding(app, id, body)
      const cancel = task.cancel_requested_at !== null
      const left = deadline - app.clock.elapsed()
      if (cancel || worker === 'stopped' || left <= 0 || gone?.aborted) return { lease_ttl_ms: task.lease_ttl_ms, cancel, worker }
      await bell.wait(left, gone)
    }
  } finally {
    bell.close()
  }
}

/** Ends the attempt. A failed one with retries left is queued again, an interrupted one if that is safe. Throws conflict for a stale fence. */
export async function finish(app: App, caller: Caller, id: string, body: z.infer<typeof Finish>): Promise<Mutation<Task>> {
  const printed = body.exit_code === 0 && !body.error ? '' : await failureLines(app, id)
  return app.mutate(caller, async (tx) => {
    const row = await heldBy(tx, id, body)
    const ended = await endAttempt(app, tx, row, { ...(await reported(tx, row, body)), printed })
    await settle(because(tx, await lastStep(tx, id)), body.worker_id)
    return toTask(ended)
  })
}

/** Ends expired leases: their tasks are lost, cancelled, or queued again if that is safe. */
export async function reap(app: App): Promise<number> {
  if (app.storage.trouble) return 0 // the loss could not be stored now
  const over = await leases(app).overdue()
  for (const lease of over) await orphan(app, lease, { why: 'it stopped responding', ifOverdue: true })
  return over.length
}

export interface Loss {
  why: string
  /** The event of the worker's loss. */
  cause?: number | undefined
  /** A worker that beats after all keeps the task: the answer to a beat promises a whole lease. Default: no matter what it holds. */
  ifOverdue?: boolean
}

/** Takes the task from a missing worker that still holds it under this fence. */
export async function orphan(app: App, lease: { id: string; fence: number }, { why, cause, ifOverdue }: Loss): Promise<void> {
  const printed = await failureLines(app, lease.id)
  await app.mutate({ actor: TELLTALE, cause }, async (tx) => {
    const row = await rowIn(tx, lease.id).catch(() => undefined)
    if (!row || row.fence !== lease.fence || !isHeld(row.state as TaskState)) return leases(app).end(tx, lease)
    if (ifOverdue && !(await leases(app).take(tx, lease))) return
    await endAttempt(app, tx, row, { ...(await orphaned(tx, row, why)), printed })
  })
}

export async function resumeLeases(app: App) {
  const held = await app.db.selectFrom('tasks').selectAll().where(HELD).where('deleted_at', 'is', null).execute()
  await leases(app).resume(held.map(leaseOf))
}

export async function heldTasks(app: App, worker_id: string): Promise<{ id: string; fence: number }[]> {
  return app.db.selectFrom('tasks').select(['id', 'fence']).where('worker_id', '=', worker_id).where(HELD).execute()
}

async function holding(app: App, id: string, { worker_id, fence }: z.infer<typeof Holder>) {
  const task = await app.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!task || task.fence !== fence || !isHeld(task.state as TaskState)) {
    throw conflict(`${worker_id} no longer holds ${id}. Stop its process.`, { state: task?.state })
  }
  const worker = await app.db.selectFrom('workers').select('state').where('id', '=', worker_id).executeTakeFirst()
  if (!worker) throw new Problem('not_found', `There is no worker ${worker_id}.`)
  return { task, worker: worker.state }
}
