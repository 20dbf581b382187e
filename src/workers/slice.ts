import { workerDetail, workerHead, workerList } from '../../views/workers.tsx'
import type { Panel } from '../http/slice.ts'
import { rangeOf } from '../queues/throughput.ts'
import { load } from './load.ts'
import { watch } from './watch.ts'
import { logOf, logSize } from './worker-log.ts'
import { routes } from './worker-routes.ts'
import { detail, list, type WorkerDetail, WorkerFilter, type WorkerList } from './workers.ts'

export const panel: Panel<WorkerList, WorkerFilter, WorkerDetail> = {
  name: 'workers',
  title: 'Workers',
  group: 'work',
  staleOn: ['worker.', 'transient.'],
  query: WorkerFilter,
  load: list,
  view: workerList,
  head: (_query, viewer) => workerHead(viewer),
  badge: ({ workers = {} }) => {
    const { idle = 0, busy = 0, draining = 0, lost = 0 } = workers
    if (lost > 0) return { count: lost, tone: 'alert' }
    return { count: idle + busy + draining, tone: 'quiet' }
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
    version: (id, app) => logSize(app.config, id),
    json: ({ worker }) => worker,
  },
  routes,
  start: watch,
}
