import { queueDetail, queueList } from '../../views/queues.tsx'
import type { Slice } from '../http/slice.ts'
import type { App } from '../live/app.ts'
import { limitAsConfigured, resumeDue } from '../steering/change.ts'
import { events } from '../steering/events.ts'
import { every } from '../time/every.ts'
import { find } from './http/find.ts'
import { steeringRoutes } from './http/steering-routes.ts'
import { detail, list, type Queue, QueueFilter, type QueueList } from './queues.ts'
import { rangeOf } from './throughput.ts'

/** Nobody reads sums more often, however fast they change. */
const LOOK_MS = 500
const MINUTE_MS = 60_000
const RESUME_MS = 500

export const slice: Slice<QueueList, QueueFilter, Queue> = {
  noun: { one: 'queue', many: 'queues' },
  title: 'Queues',
  icon: 'queues',
  group: 'work',
  key: 'g q',
  fresh: { everyMs: LOOK_MS, version, on: ['task.', 'worker.', 'queue.'] },
  events,
  actions: { 'queues.operate': ['operator', 'admin'] },
  list: { query: QueueFilter, load: (db, _, { clock }) => list(db, clock.now()), view: queueList },
  item: {
    example: 'default',
    title: ({ queue }) => queue,
    load: (db, name, { clock }, { range }) => detail(db, name, { range: rangeOf(range), now: clock.now() }),
    view: queueDetail,
    bundles: ['detail'],
    fresh: 'as list',
  },
  find,
  routes: steeringRoutes,
  start(app) {
    const failed = (error: unknown) => app.log.error('looking after the queues failed', error)
    limitAsConfigured(app).catch(failed)
    return every(RESUME_MS, () => resumeDue(app), failed)
  },
}

/** It moves with the clock, too: each minute the oldest one leaves the picture. */
function version({ hub, clock }: App): string {
  return `${hub.version('queues')}.${Math.floor(clock.now() / MINUTE_MS)}`
}
