import type { ExpressionBuilder } from 'kysely'
import { z } from 'zod'
import { type Db, HELD, type Schema, SKIP_LOCKED, UNLOCKED } from '../db/index.ts'
import { notFound } from '../input/problem.ts'
import { queueNames, workerId } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import { doorbell } from '../live/doorbell.ts'
import { because, type Caller, firstAnswer, type Mutation, type Tx } from '../log/mutate.ts'
import { lockLimits, opensAt, type SteeredQueues, spend, steeredQueues } from '../steering/steering.ts'
import { type Task, type TaskRow, toTask } from '../tasks/tasks.ts'
import { moveTo } from '../tasks/transition.ts'
import { isHeld, type TaskState } from '../tasks/words.ts'
import { leaseOf, leases } from './lease.ts'
import { LONGEST_WAIT_S } from './leases.ts'
import { claimable, settle, whilePresent } from './presence.ts'

export const Claim = z.strictObject({ worker_id: workerId, queues: queueNames.optional(), wait_s: z.number().min(0).max(LONGEST_WAIT_S).default(0) })

/** Nothing tells when a change that has locked a task is undone. */
const LOCKED_MS = 250

const WAKING = ['task.created', 'task.state_changed', 'transient.cleared', 'queue.state_changed', 'queue.limits_changed']

/** Every write about the task must carry the fence. */
interface Claimed {
  item: Task
  fence: number
  lease_ttl_ms: number
}

/** Stored under the Idempotency-Key: a repeat returns the task as it is now. */
type Taken = Omit<Claimed, 'item'> & { id: string }

/** Undefined after `wait_s`; a worker at its limit waits too. Throws conflict for a draining or stopped worker, not_found for an unregistered one. */
export function claim(app: App, caller: Caller, wanted: z.infer<typeof Claim>, gone?: AbortSignal): Promise<Mutation<Claimed> | undefined> {
  return whilePresent(app, wanted.worker_id, () => poll(app, caller, wanted, gone))
}

async function poll(app: App, caller: Caller, wanted: z.infer<typeof Claim>, gone?: AbortSignal): Promise<Mutation<Claimed> | undefined> {
  const { worker_id, wait_s } = wanted
  const deadline = app.clock.elapsed() + wait_s * 1000
  const bell = doorbell(app, ({ kind, subject }) => WAKING.includes(kind) || subject === `worker:${worker_id}`)
  try {
    while (!gone?.aborted) {
      const able = await mayTake(app.db, worker_id, wanted.queues) // checked before a repeat is answered
      // Looked up before the answer: a claim under the same key that takes the last task in between has left one.
      const steered = await steeredQueues(app.db, app.clock.now())
      const names = await queuesOf(app.db, able.wanted)
      const hasTasks = (await heads(app.db, names, steered, app.clock.now())).length > 0
      const taken = (await firstAnswer<Taken>(app.db, caller)) ?? (await take(app, caller, wanted, { ...able, hasTasks }))
      if (typeof taken === 'object') return answer(app, taken)
      const left = deadline - app.clock.elapsed()
      if (left <= 0) return undefined
      await bell.wait(Math.min(left, taken === 'locked' ? LOCKED_MS : await untilDue(app, opensAt(steered, names))), gone)
    }
    return undefined
  } finally {
    bell.close()
  }
}

/** Undefined if the task has ended or was taken from the worker since the first claim. */
async function answer(app: App, { value, seq }: Mutation<Taken>): Promise<Mutation<Claimed> | undefined> {
  const { id, fence, lease_ttl_ms } = value
  const row = await app.db.selectFrom('tasks').selectAll().where('id', '=', id).where('fence', '=', fence).executeTakeFirst()
  return row && isHeld(row.state as TaskState) ? { value: { item: toTask(row), fence, lease_ttl_ms }, seq } : undefined
}

interface Able {
  state: string
  wanted: readonly string[]
}

/** Aborts the transaction, so that nothing is stored under the key. */
class NothingLeft extends Error {}

async function take(
  app: App,
  caller: Caller,
  { worker_id, queues }: z.infer<typeof Claim>,
  { state, hasTasks }: { state: string; hasTasks: boolean },
): Promise<Mutation<Taken> | 'none' | 'locked'> {
  if (state === 'starting' || state === 'lost') await app.mutate({ actor: caller.actor }, (tx) => settle(tx, worker_id))
  // Most polls find nothing and must not take the write lock.
  if (!hasTasks) return 'none'
  try {
    return await app.mutate(caller, (tx) => takeIn(app, tx, worker_id, queues))
  } catch (error) {
    if (error instanceof NothingLeft) return 'locked'
    throw error
  }
}

async function takeIn(app: App, tx: Tx, worker_id: string, queues: readonly string[] | undefined): Promise<Taken> {
  const { wanted } = await mayTake(tx.db, worker_id, queues)
  const { fence, attempt, ...row } = await lockNext(tx, wanted)
  const held = { fence: fence + 1, attempt: attempt + 1, worker_id }
  await tx.db
    .insertInto('attempts')
    .values({ task_id: row.id, ...held, claimed_at: tx.now })
    .execute()
  const claimed = { ...held, claimed_at: tx.now, started_at: null, finished_at: null, exit_code: null, error: null, status: null }
  const moved = await moveTo(tx, { fence, attempt, ...row }, 'claimed', `claimed by ${worker_id}`, claimed)
  await settle(because(tx, tx.newest()), worker_id)
  await leases(app).grant(tx, leaseOf(moved))
  return { id: moved.id, fence: moved.fence, lease_ttl_ms: moved.lease_ttl_ms }
}

/** No queues while the worker is at its limit. Throws as `claim` does. */
async function mayTake(db: Db, worker_id: string, queues: readonly string[] | undefined): Promise<Able> {
  const worker = await db.selectFrom('workers').selectAll().where('id', '=', worker_id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!worker) throw notFound(`There is no worker ${worker_id}. Register it first.`)
  const wanted = claimable(worker, queues)
  const { state, concurrency } = worker
  const held = await db.selectFrom('tasks').select('id').where('worker_id', '=', worker_id).where(HELD).limit(concurrency).modifyEnd(UNLOCKED).execute()
  return { state, wanted: held.length < concurrency ? wanted : [] }
}

/**
 * The next task that no other claim is taking: of the queue with the best head, else of the next one. Limits are checked
 * again under their lock. Throws NothingLeft.
 */
async function lockNext(tx: Tx, wanted: readonly string[]): Promise<TaskRow> {
  const { db, now } = tx
  const steered = await steeredQueues(db, now)
  let holdsLimits = false
  for (const { queue } of await heads(db, await queuesOf(db, wanted), steered, now)) {
    const isLimited = steered.get(queue)?.limited_by != null
    if (isLimited) {
      if (!(await lockLimits(tx, queue, !holdsLimits))) continue
      holdsLimits = true
      if ((await steeredQueues(db, now)).get(queue)?.closed) continue
    }
    const row = await headQuery(db, queue, now).selectAll().modifyEnd(SKIP_LOCKED).executeTakeFirst()
    if (!row) continue
    if (isLimited) await spend(tx, queue)
    return row
  }
  throw new NothingLeft()
}

/** The first task of each open queue that has one, best first. */
async function heads(db: Db, names: readonly string[], steered: SteeredQueues, now: number) {
  const found = []
  for (const queue of names) {
    if (steered.get(queue)?.closed) continue
    const row = await headQuery(db, queue, now).select(['number', 'queue', 'priority', 'run_at']).modifyEnd(UNLOCKED).executeTakeFirst()
    if (row) found.push(row)
  }
  return found.sort((a, b) => b.priority - a.priority || a.run_at - b.run_at || a.number - b.number)
}

const queuesOf = async (db: Db, wanted: readonly string[]) => (wanted.includes('*') ? busyQueues(db) : wanted)

const headQuery = (db: Db, queue: string, now: number) =>
  db
    .selectFrom('tasks')
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .where('waits_for', 'is', null)
    .where('act_at', 'is', null)
    .where(ofUndisturbed)
    .where('queue', '=', queue)
    .where('run_at', '<=', now)
    .orderBy('priority', 'desc')
    .orderBy('run_at')
    .orderBy('number')
    .limit(1)

/** No step starts while its pipeline is about to be deleted or cancelled. */
const ofUndisturbed = ({ not, exists, selectFrom }: ExpressionBuilder<Schema, 'tasks'>) =>
  not(exists(selectFrom('tasks as whole').select('whole.id').whereRef('whole.id', '=', 'tasks.pipeline_id').where('whole.act_at', 'is not', null)))

async function busyQueues(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('counters').select('queue').where('noun', '=', 'tasks').where('state', '=', 'queued').where('value', '>', 0).execute()
  return rows.map(({ queue }) => queue)
}

async function untilDue(app: App, opensAt: number | undefined): Promise<number> {
  const now = app.clock.now()
  const { due } = await app.db
    .selectFrom('tasks')
    .select(({ fn }) => fn.min('run_at').as('due'))
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .where('run_at', '>', now)
    .whereRef('run_at', '>', 'created_at') // always true of scheduled tasks, and lets their index be used
    .executeTakeFirstOrThrow()
  const next = Math.min(due ?? Number.POSITIVE_INFINITY, opensAt ?? Number.POSITIVE_INFINITY)
  return Math.min(60_000, Math.max(10, next - now))
}
