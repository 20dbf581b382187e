import { z } from 'zod'
import type { Db, Ms, Window } from '../db/index.ts'
import { notFound } from '../input/problem.ts'
import { type Backlog, backlogs, noBacklog } from './backlog.ts'
import { type Throughput, throughput, throughputs } from './throughput.ts'
import type { Range } from './words.ts'

export interface Queue extends Backlog {
  workers: readonly { id: string; name: string; busy: boolean }[]
  throughput: Throughput
}

export type QueueList = Window<Queue>

export const QueueFilter = z.object({})
export type QueueFilter = z.infer<typeof QueueFilter>

export async function list(db: Db, now: Ms): Promise<QueueList> {
  const workers = await aliveWorkers(db)
  const known = await backlogs(db, now)
  const unused = workers.flatMap(({ queues }) => queues).filter((name) => name !== '*' && !known.some(({ queue }) => queue === name))
  const all = [...known, ...[...new Set(unused)].map(noBacklog)].sort((a, b) => (a.queue < b.queue ? -1 : 1))
  const past = await throughputs(db, { range: '1h', now })
  return { items: all.map((backlog) => ({ ...backlog, workers: serving(workers, backlog), throughput: past(backlog.queue) })), next: null }
}

export async function detail(db: Db, name: string, { range, now }: { range: Range; now: Ms }): Promise<Queue> {
  const workers = await aliveWorkers(db)
  const known = (await backlogs(db, now)).find(({ queue }) => queue === name)
  if (!known && !workers.some(({ queues }) => queues.includes(name))) throw notFound(`There is no queue ${name}.`)
  const backlog = known ?? noBacklog(name)
  return { ...backlog, workers: serving(workers, backlog), throughput: await throughput(db, { range, queue: name, now }) }
}

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
