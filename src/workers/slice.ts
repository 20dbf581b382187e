import { workerDetail, workerHead, workerList } from '../../views/workers.tsx'
import { byState, type Slice } from '../http/slice.ts'
import { rangeOf } from '../queues/throughput.ts'
import { events } from './events.ts'
import { find } from './http/find.ts'
import { routes } from './http/worker-routes.ts'
import { load } from './load.ts'
import { watch } from './watch.ts'
import { logOf, logSize } from './worker-log.ts'
import { count, counters, detail, list, type WorkerDetail, WorkerFilter, type WorkerList } from './workers.ts'

export const slice: Slice<WorkerList, WorkerFilter, WorkerDetail> = {
  noun: { one: 'worker', many: 'workers' },
  title: 'Workers',
  icon: 'workers',
  group: 'work',
  key: 'g w',
  events,
  actions: {
    'workers.register': ['admin', 'worker'],
    'workers.operate': ['operator', 'admin'],
  },
  fresh: { on: ['worker.', 'transient.'] },
  list: {
    query: WorkerFilter,
    load: list,
    view: workerList,
    head: (_query, viewer) => workerHead(viewer),
  },
  item: {
    example: 'w_1',
    title: ({ worker }) => `${worker.name} (${worker.id})`,
    load: async (db, id, app, query) => {
      const found = await detail(db, id)
      const past = await load(db, found.worker, { range: rangeOf(query.range), now: app.clock.now() })
      return { ...found, load: past, log: found.worker.kind === 'local' ? logOf(app.config, id) : null }
    },
    view: workerDetail,
    bundles: ['detail'],
    fresh: (id, app) => logSize(app.config, id),
    json: ({ worker }) => worker,
  },
  counters,
  badge: ({ workers = {} }) => {
    const { idle = 0, busy = 0, draining = 0, lost = 0 } = workers
    if (lost > 0) return { count: lost, tone: 'failed', words: { one: 'worker lost', many: 'workers lost' } }
    return { count: idle + busy + draining, tone: 'quiet' }
  },
  find,
  metrics: async ({ db }) => [{ name: 'workers', help: 'Workers by state.', values: byState(await count(db)) }],
  routes,
  start: watch,
}
