import { z } from 'zod'
import type { App } from '../live/app.ts'
import { doorbell } from '../live/doorbell.ts'
import type { Caller, Mutation, Tx } from '../live/mutate.ts'
import { notFound } from '../live/problem.ts'
import { claimable, settle, whilePresent } from '../workers/presence.ts'
import { LONGEST_WAIT_S, renew } from './leases.ts'
import { type Task, toTask } from './tasks.ts'
import { moveTo } from './transition.ts'

export const Claim = z.strictObject({ worker_id: z.string(), queues: z.array(z.string()).optional(), wait_s: z.number().min(0).max(LONGEST_WAIT_S).default(0) })

/** What may leave a task to claim: an undone cancel does, too. */
const WAKING = ['task.created', 'task.state_changed', 'transient.cleared']

/** What a worker gets: the task, the fence that each of its writes must carry, and how long it may be silent. */
export interface Claimed {
  item: Task
  fence: number
  lease_ttl_ms: number
}

/**
 * Gives the most urgent, then oldest waiting task to this worker, or undefined after `wait_s`. Throws conflict for a
 * worker that drains or was stopped, and not_found for one that is not registered.
 */
export function claim(app: App, caller: Caller, wanted: z.infer<typeof Claim>, gone?: AbortSignal): Promise<Mutation<Claimed> | undefined> {
  return whilePresent(app, wanted.worker_id, () => poll(app, caller, wanted, gone))
}

async function poll(
  app: App,
  caller: Caller,
  { worker_id, queues, wait_s }: z.infer<typeof Claim>,
  gone?: AbortSignal,
): Promise<Mutation<Claimed> | undefined> {
  const deadline = app.clock.elapsed() + wait_s * 1000
  const bell = doorbell(app, ({ kind, subject }) => WAKING.includes(kind) || subject === `worker:${worker_id}`)
  try {
    for (;;) {
      const found = await claimNow(app, caller, worker_id, queues)
      const left = deadline - app.clock.elapsed()
      if (found || left <= 0 || gone?.aborted) return found
      await bell.wait(Math.min(left, await untilDue(app)), gone)
    }
  } finally {
    bell.close()
  }
}

async function claimNow(app: App, caller: Caller, worker_id: string, queues: readonly string[] | undefined): Promise<Mutation<Claimed> | undefined> {
  // Most polls find nothing: they must not take the write lock.
  const worker = await app.db.selectFrom('workers').selectAll().where('id', '=', worker_id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!worker) throw notFound(`There is no worker ${worker_id}: register first.`)
  const wanted = claimable(worker, queues)
  const isNews = worker.state === 'starting' || worker.state === 'lost'
  if (!isNews && (await next(app.db, wanted, app.clock.now())) === undefined) return undefined
  const mutation = await app.mutate(caller, async (tx) => {
    await settle(tx, worker_id)
    const number = await next(tx.db, wanted, tx.now)
    if (number === undefined) return null
    const { fence, attempt, ...row } = await tx.db.selectFrom('tasks').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
    const held = { fence: fence + 1, attempt: attempt + 1, worker_id }
    await tx.db
      .insertInto('attempts')
      .values({ task_id: row.id, ...held, claimed_at: tx.now })
      .execute()
    const claimed = { ...held, claimed_at: tx.now, started_at: null, finished_at: null, beat_at: tx.now, exit_code: null, error: null, status: null }
    const moved = await moveTo(tx, { fence, attempt, ...row }, 'claimed', `claimed by ${worker_id}`, claimed)
    await settle(tx, worker_id)
    renew(app, moved)
    return { item: toTask(moved), fence: moved.fence, lease_ttl_ms: moved.lease_ttl_ms }
  })
  return mutation.value === null ? undefined : (mutation as Mutation<Claimed>)
}

/** The waiting task to claim next: the most urgent, then the oldest, over the worker's queues. */
async function next(db: Tx['db'] | App['db'], queues: readonly string[], now: number): Promise<number | undefined> {
  const names = queues.includes('*') ? await busyQueues(db) : queues
  const heads = []
  for (const queue of names) {
    const row = await db
      .selectFrom('tasks')
      .select(['number', 'priority', 'run_at'])
      .where('state', '=', 'queued')
      .where('deleted_at', 'is', null)
      .where('act_at', 'is', null)
      .where('queue', '=', queue)
      .where('run_at', '<=', now)
      .orderBy('priority', 'desc')
      .orderBy('run_at')
      .orderBy('number')
      .limit(1)
      .executeTakeFirst()
    if (row) heads.push(row)
  }
  heads.sort((a, b) => b.priority - a.priority || a.run_at - b.run_at || a.number - b.number)
  return heads[0]?.number
}

async function busyQueues(db: Tx['db'] | App['db']): Promise<string[]> {
  const rows = await db.selectFrom('counters').select('queue').where('noun', '=', 'tasks').where('state', '=', 'queued').where('value', '>', 0).execute()
  return rows.map(({ queue }) => queue)
}

/** Ms until the next task falls due that waits for its time, at most a minute. */
async function untilDue(app: App): Promise<number> {
  const now = app.clock.now()
  const { due } = await app.db
    .selectFrom('tasks')
    .select(({ fn }) => fn.min('run_at').as('due'))
    .where('state', '=', 'queued')
    .where('deleted_at', 'is', null)
    .where('run_at', '>', now)
    .executeTakeFirstOrThrow()
  return Math.min(60_000, due === null ? 60_000 : Math.max(10, due - now))
}
