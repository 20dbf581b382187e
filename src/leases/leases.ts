import { z } from 'zod'
import { HELD, isStorageFailure } from '../db/index.ts'
import { conflict, Problem } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import { doorbell } from '../live/doorbell.ts'
import { TELLTALE } from '../log/actor.ts'
import { because, type Caller, type Mutation, type Tx } from '../log/mutate.ts'
import { Progress, publishProgress, writeProgress } from '../tasks/progress.ts'
import { type Task, type TaskRow, toTask } from '../tasks/tasks.ts'
import { change, heldBy, lastStep, moveTo, rowIn, setStatus } from '../tasks/transition.ts'
import { isOpen, type TaskState } from '../tasks/words.ts'
import { PauseWatch } from '../time/pause.ts'
import { endAttempt, type Finish, Holder, orphaned, reported } from './ending.ts'
import { excuseSilence, settle, whilePresent } from './presence.ts'

/** A lease expires after its length plus this share of it: 20 s + 5 s. */
const GRACE = 0.25
const WORTH_LOGGING_MS = 2000
export const LONGEST_WAIT_S = 60

export const Run = Holder.extend({ pid: z.int().nullish() }).strict()
export const Beat = Holder.extend({
  wait_s: z.number().min(0).max(LONGEST_WAIT_S).default(0),
  status: z.enum(['running', 'waiting-for-input']).optional(),
  progress: Progress.optional(),
}).strict()

interface Lease {
  fence: number
  ttl: number
  beatAt: number
}

/** Deadlines on the monotonic clock, so that wall clock jumps do not end a lease. */
const leases = perApp(() => new Map<string, Lease>())

/** No worker can reach a suspended server, so leases do not age during a suspension. */
export const pauses = perApp(
  (app) =>
    new PauseWatch(app.clock, (ms) => {
      const now = app.clock.elapsed()
      for (const lease of leases(app).values()) lease.beatAt = Math.min(now, lease.beatAt + ms)
      excuseSilence(app, ms)
      if (ms > WORTH_LOGGING_MS) app.log.info(`the server was paused for ${Math.round(ms / 1000)} s: every lease was extended by that`)
    }),
)

export function run(app: App, caller: Caller, id: string, holder: z.infer<typeof Run>): Promise<Mutation<Task>> {
  return app.mutate(caller, async (tx) => {
    const row = await heldBy(tx, id, holder)
    tx.after(() => renew(app, row))
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

/** Leases are in memory, so they survive a read-only database; only a beat with a report fails then. */
async function noteBeat(app: App, caller: Caller, id: string, body: z.infer<typeof Beat>) {
  const { status, progress } = body
  try {
    const { value: row } = await app.mutate(caller, async (tx) => {
      const row = await heldBy(tx, id, body)
      const held = progress ? await change(tx, row, { progress: writeProgress(progress) }) : row
      return status && held.state === 'running' ? setStatus(tx, held, status) : held
    })
    renew(app, row)
  } catch (error) {
    if (!isStorageFailure(error)) throw error
    renew(app, (await holding(app, id, body)).task)
    if (status || progress) throw error
  }
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
export function finish(app: App, caller: Caller, id: string, body: z.infer<typeof Finish>): Promise<Mutation<Task>> {
  return ending(app, id, body.fence, caller, async (tx) => {
    const row = await heldBy(tx, id, body)
    const ended = await endAttempt(app, tx, row, await reported(tx, row, body))
    await settle(because(tx, await lastStep(tx, id)), body.worker_id)
    return toTask(ended)
  })
}

/** Ends expired leases: their tasks are lost, cancelled, or queued again if that is safe. */
export async function reap(app: App): Promise<number> {
  if (app.storage.trouble) return 0 // the loss could not be stored now
  const now = app.clock.elapsed()
  const over = [...leases(app)].filter(([, { beatAt, ttl }]) => now > beatAt + ttl * (1 + GRACE))
  for (const [id, { fence }] of over) await orphan(app, id, fence, 'it stopped responding')
  return over.length
}

/** Takes the task from a missing worker that still holds it under this fence. `cause` is the event of its loss. */
export async function orphan(app: App, id: string, fence: number, why: string, cause?: number): Promise<void> {
  await ending(app, id, fence, { actor: TELLTALE, cause }, async (tx) => {
    const row = await rowIn(tx, id).catch(() => undefined)
    if (!row || row.fence !== fence || (row.state !== 'claimed' && row.state !== 'running')) return
    await endAttempt(app, tx, row, await orphaned(tx, row, why))
  })
}

/** Ends the lease once the change is committed; if that fails, the lease stays for a retry. */
async function ending<T>(app: App, id: string, fence: number, caller: Caller, change: (tx: Tx) => Promise<T>): Promise<Mutation<T>> {
  const mutation = await app.mutate(caller, change)
  if (leases(app).get(id)?.fence === fence) leases(app).delete(id)
  return mutation
}

/** Gives every held task a whole lease at start: the server's downtime is not the worker's fault. */
export async function resumeLeases(app: App) {
  const held = await app.db.selectFrom('tasks').selectAll().where(HELD).where('deleted_at', 'is', null).execute()
  for (const row of held) renew(app, row)
}

export function renew(app: App, { id, fence, lease_ttl_ms: ttl }: TaskRow) {
  leases(app).set(id, { fence, ttl, beatAt: app.clock.elapsed() })
}

export async function heldTasks(app: App, worker_id: string): Promise<{ id: string; fence: number }[]> {
  return app.db.selectFrom('tasks').select(['id', 'fence']).where('worker_id', '=', worker_id).where(HELD).execute()
}

async function holding(app: App, id: string, { worker_id, fence }: z.infer<typeof Holder>) {
  const task = await app.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!task || task.fence !== fence || !isOpen(task.state as TaskState) || task.state === 'queued') {
    throw conflict(`${worker_id} no longer holds ${id}. Stop its process.`, { state: task?.state })
  }
  const worker = await app.db.selectFrom('workers').select('state').where('id', '=', worker_id).executeTakeFirst()
  if (!worker) throw new Problem('not_found', `There is no worker ${worker_id}.`)
  return { task, worker: worker.state }
}
