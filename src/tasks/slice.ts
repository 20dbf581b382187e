import { z } from 'zod'
import { taskDetail, taskHead, taskList } from '../../views/tasks.tsx'
import { suggestionList } from '../../views/ui/form/suggestions.tsx'
import { partial } from '../http/answer.ts'
import { route } from '../http/route.ts'
import type { Panel } from '../http/slice.ts'
import * as leases from '../leases/leases.ts'
import { reconcile } from '../leases/reconcile.ts'
import { workRoutes } from '../leases/work-routes.ts'
import type { App } from '../live/app.ts'
import { backlogs } from '../queues/backlog.ts'
import { every } from '../time/every.ts'
import { startActs } from './grace.ts'
import { bulkRoutes } from './http/bulk-routes.ts'
import { formRoutes } from './http/form-routes.ts'
import { logBlock, logRoutes } from './http/log-routes.ts'
import { verbRoutes } from './http/verb-routes.ts'
import { viewRoutes } from './http/view-routes.ts'
import { overview } from './overview.ts'
import { type TaskPage, taskPage } from './page.ts'
import { progressVersion } from './progress.ts'
import { TaskFilter } from './search/filter.ts'
import { savedAs, savedViews } from './search/saved-views.ts'
import { suggestions } from './suggest.ts'
import { count, list, type TaskList } from './tasks.ts'
import { inWords, taskTypes } from './types/types.ts'

const REAP_MS = 500
const RECONCILE_MS = 10_000

const suggest = route({
  method: 'GET',
  path: '/ui/tasks/suggest',
  summary: 'Suggestions for a search',
  may: 'read',
  query: z.object({ q: z.string().default('') }),
  answer: partial('A list of terms'),
  example: { query: { q: 'state:' } },
  run: async ({ app, c, query: { q } }) => c.html(suggestionList(await suggestions(app.db, q.slice(0, 1000)))),
})

export const panel: Panel<TaskList, TaskFilter, TaskPage> = {
  name: 'tasks',
  title: 'Tasks',
  group: 'work',
  staleOn: ['task.', 'transient.'],
  moves: progressVersion,
  query: TaskFilter,
  load: async (db, query, { clock }) => ({
    ...(query.problem ? { items: [], next: null, ...(await count(db)) } : await list(db, query, clock.now())),
    view: await savedAs(db, query),
  }),
  view: taskList,
  head: (query, viewer, data) => taskHead(query, data, viewer),
  badge: ({ tasks = {} }) => {
    const { failed = 0, lost = 0, running = 0, claimed = 0 } = tasks
    if (failed + lost > 0) return { count: failed + lost, tone: 'alert' }
    return running + claimed > 0 ? { count: running + claimed, tone: 'quiet' } : undefined
  },
  item: {
    example: 't_1',
    title: ({ task }) => task.title,
    load: (db, id, { clock }, { from, zone }) => taskPage(db, id, { from, zone, now: clock.now() }),
    view: taskDetail,
    // The page also shows neighbours and earlier runs.
    version: (_id, app) => `${app.hub.version('tasks')}.${progressVersion(app)}`,
    below: async (detail, query, app) => logBlock(app, detail, query),
    json: ({ task, attempts }) => ({ ...task, attempts }),
  },
  state: async (db, { clock }) => ({ ...(await overview(db)), queues: await backlogs(db, clock.now()) }),
  links: async (db) => (await savedViews(db)).map(({ name, search }) => ({ title: name, href: `/tasks?${search}` })),
  routes: [...workRoutes, ...logRoutes, ...viewRoutes, ...formRoutes, ...bulkRoutes, ...verbRoutes, suggest],
  start(app) {
    const failed = (error: unknown) => app.log.error('looking after the tasks failed', error)
    leases.resumeLeases(app).catch(failed)
    warnOfBrokenTypes(app).catch(failed)
    const paused = leases.pauses(app)
    const reap = () => {
      paused.look()
      return leases.reap(app)
    }
    const stops = [every(REAP_MS, reap, failed), every(RECONCILE_MS, () => reconcile(app), failed), startActs(app)]
    return async () => {
      paused.stop()
      await Promise.all(stops.map((stop) => stop()))
    }
  },
}

/** Logged once, for whoever starts the server; the form shows it as long as it lasts. */
async function warnOfBrokenTypes(app: App) {
  for (const file of (await taskTypes(app)).broken) app.log.info(`a task type is left out: ${inWords(file)}`)
}
