import { queueDetail, queueList } from '../../views/queues.tsx'
import type { Panel } from '../http/slice.ts'
import type { App } from '../live/app.ts'
import { detail, list, type Queue, QueueFilter, type QueueList } from './queues.ts'
import { rangeOf } from './throughput.ts'

/** Nobody reads sums more often, however fast they change. */
const LOOK_MS = 500
const MINUTE_MS = 60_000

export const panel: Panel<QueueList, QueueFilter, Queue> = {
  name: 'queues',
  title: 'Queues',
  group: 'work',
  staleOn: ['task.', 'worker.'],
  isQuiet: true,
  pulse: { ms: LOOK_MS, version },
  query: QueueFilter,
  load: (db, _, { clock }) => list(db, clock.now()),
  view: queueList,
  item: {
    example: 'default',
    title: ({ queue }) => queue,
    load: (db, name, { clock }, { range }) => detail(db, name, { range: rangeOf(range), now: clock.now() }),
    view: queueDetail,
    isLiveAsPanel: true,
  },
}

/** Also changes each minute, when the oldest one leaves the chart. */
function version({ hub, clock }: App): string {
  return `${hub.version('queues')}.${Math.floor(clock.now() / MINUTE_MS)}`
}
