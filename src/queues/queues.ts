import { z } from 'zod'
import type { Db, Ms, Window } from '../db/index.ts'
import { notFound } from '../input/problem.ts'
import { type Hold, holdOf } from '../steering/hold.ts'
import { openQueue, type SteeredQueue, steeredQueues } from '../steering/steering.ts'
import type { Task } from '../tasks/tasks.ts'
import { type Backlog, backlogs, noBacklog } from './backlog.ts'
import { firstHeld } from './held.ts'
import { type Throughput, throughput, throughputs } from './throughput.ts'
import type { Range } from './words.ts'

export interface Queue extends Backlog, Omit<SteeredQueue, 'running'> {
  /** What its tasks wait for, if they do. */
  hold: Hold | null
  workers: readonly { id: string; name: string; busy: boolean }[]
  throughput: Throughput
}

export interface QueueList extends Window<Queue> {
  /** The first task of each queue that holds some back. */
  held: readonly Task[]
}

export const QueueFilter = z.object({})
export type QueueFilter = z.infer<typeof QueueFilter>

export async function list(db: Db, now: Ms): Promise<QueueList> {
  const workers = await aliveWorkers(db)
  const known = await backlogs(db, now)
  const steered = await steeredQueues(db, now)
  const named = [...workers.flatMap(({ queues }) => queues), ...steered.keys()]
  const unused = named.filter((name) => name !== '*' && !known.some(({ queue }) => queue === name))
  const all = [...known, ...[...new Set(unused)].map(noBacklog)].sort((a, b) => (a.queue < b.queue ? -1 : 1))
  const past = await throughputs(db, { range: '1h', now })
  const items = all.map((backlog) => ({
    ...steeringOf(steered.get(backlog.queue) ?? openQueue(backlog.queue)),
    ...backlog,
    workers: serving(workers, backlog),
    throughput: past(backlog.queue),
  }))
  const holding = items.filter(({ due, closed, workers }) => due > 0 && (closed || workers.length === 0))
  return {
    items,
    held: await firstHeld(
      db,
      holding.map(({ queue }) => queue),
      now,
    ),
    next: null,
  }
}

export async function detail(db: Db, name: string, { range, now }: { range: Range; now: Ms }): Promise<Queue> {
  const workers = await aliveWorkers(db)
  const known = (await backlogs(db, now)).find(({ queue }) => queue === name)
  const steering = (await steeredQueues(db, now)).get(name)
  if (!known && !steering && !workers.some(({ queues }) => queues.includes(name))) throw notFound(`There is no queue ${name}.`)
  const backlog = known ?? noBacklog(name)
  return {
    ...steeringOf(steering ?? openQueue(name)),
    ...backlog,
    workers: serving(workers, backlog),
    throughput: await throughput(db, { range, queue: name, now }),
  }
}

const steeringOf = (steered: SteeredQueue) => ({ ...steered, hold: holdOf(steered) })

interface Server {
  id: string
  name: string
  state: string
  queues: readonly string[]
}

async function aliveWorkers(db: Db): Promise<Server[]> {
  const rows = await db
    .selectFrom('workers')
    .select(['id', 'name', 'state', 'queues'])
    .where('deleted_at', 'is', null)
    .where('state', 'in', ['starting', 'idle', 'busy'])
    .orderBy('number')
    .execute()
  return rows.map((row) => ({ ...row, queues: JSON.parse(row.queues) }))
}

function serving(workers: readonly Server[], { queue }: Backlog): Queue['workers'] {
  return workers.filter(({ queues }) => queues.includes('*') || queues.includes(queue)).map(({ id, name, state }) => ({ id, name, busy: state === 'busy' }))
}
