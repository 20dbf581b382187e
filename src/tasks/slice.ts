import { z } from 'zod'
import { taskDetail, taskHead, taskList, taskNeeds } from '../../views/tasks.tsx'
import { suggestionList } from '../../views/ui/form/suggestions.tsx'
import { partial } from '../http/answer.ts'
import { route } from '../http/route.ts'
import { byState, type Slice } from '../http/slice.ts'
import { tooMany } from '../input/problem.ts'
import { inputRoutes } from '../leases/input-routes.ts'
import * as leases from '../leases/leases.ts'
import { reconcile } from '../leases/reconcile.ts'
import { workRoutes } from '../leases/work-routes.ts'
import type { App } from '../live/app.ts'
import { backlogs } from '../queues/backlog.ts'
import { savedAs, savedViews } from '../saved-views/saved-views.ts'
import { viewRoutes } from '../saved-views/view-routes.ts'
import { every } from '../time/every.ts'
import { inContext, type TaskInContext } from './context/context.ts'
import { headlineOf } from './context/headline.ts'
import { promptOf } from './context/prompt.ts'
import { events, transients } from './events.ts'
import { withFoundLines } from './found/failure-lines.ts'
import { withLastError } from './found/last-error.ts'
import { logScans } from './found/log-search.ts'
import { startActs } from './grace.ts'
import { withHolds } from './holds.ts'
import { bulkRoutes } from './http/bulk-routes.ts'
import { find } from './http/find.ts'
import { formRoutes } from './http/form-routes.ts'
import { logBlock, logRoutes } from './http/log-routes.ts'
import { verbRoutes } from './http/verb-routes.ts'
import { waitingForPeople } from './overview/asking.ts'
import { overview } from './overview/overview.ts'
import { toEntry } from './pipelines/steps.ts'
import { progressVersion } from './progress.ts'
import { searchesLogs, TaskFilter } from './search/filter.ts'
import { suggestions } from './suggest.ts'
import { count, counters, list, type Task, type TaskList } from './tasks.ts'
import { inWords, taskTypes } from './types/types.ts'
import { BUSY, isOpen } from './words.ts'

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

const noun = { one: 'task', many: 'tasks' }

export const slice: Slice<TaskList, TaskFilter, TaskInContext, Task> = {
  noun,
  title: 'Tasks',
  icon: 'tasks',
  group: 'work',
  key: 'g t',
  keys: [
    { key: 'r', title: 'Retry' },
    { key: 'c', title: 'New task', isEverywhere: true },
    { key: 'f', title: 'Follow a log' },
    { key: 'N', title: 'Previous match in a log' },
    { key: 'e', title: 'Next error in a log' },
    { key: 'E', title: 'Previous error in a log' },
    { key: 'w', title: 'Wrap a log’s lines' },
    { key: 'l', title: 'Link a log’s line' },
  ],
  create: { label: 'New task', href: '/tasks/new', key: 'c', may: 'tasks.create' },
  search: 'Search tasks',
  events: { ...events, transientSet: transients.set, transientCleared: transients.cleared },
  actions: {
    'tasks.create': ['operator', 'admin', 'agent'],
    'tasks.shell': ['operator', 'admin'],
    'tasks.operate': ['operator', 'admin'],
    'tasks.work': ['admin', 'worker'],
  },
  fresh: { on: ['task.', 'transient.', 'queue.'], inPlace: (app) => progressVersion(app) + logScans(app).made },
  list: {
    query: TaskFilter,
    isLong: ({ q }) => q !== undefined,
    async prepare(query, app, by) {
      if (!searchesLogs(query)) return query
      const searched = await (by === 'update' ? logScans(app).last(query) : logScans(app).search(query))
      if (searched.looked.is_busy && by === 'program') throw tooMany(BUSY, 1)
      return { ...query, searched }
    },
    async load(db, query, { clock }) {
      const now = clock.now()
      const found = query.problem ? { items: [], next: null, ...(await count(db)) } : await list(db, query, now)
      const items = await withLastError(db, await withFoundLines(db, await withHolds(db, found.items, now), query))
      return { ...found, items, view: await savedAs(db, query) }
    },
    view: taskList,
    head: (query, viewer, data) => taskHead(query, data, viewer),
  },
  item: {
    example: 't_1',
    title: ({ task }) => task.title,
    load: async (db, id, app, { from, zone, attempt }) => {
      const found = await inContext(db, id, { from, zone, now: app.clock.now() })
      const { task } = found.pipeline?.shown ?? found
      return {
        ...found,
        shown: Number(attempt) || undefined,
        headline: isOpen(found.task.state) ? null : await headlineOf(app, task),
        prompt: await promptOf(app, task),
      }
    },
    view: taskDetail,
    bundles: ['detail', 'task'],
    // The page also shows neighbours and earlier runs.
    fresh: (_id, app) => `${app.hub.version(noun.many)}.${progressVersion(app)}`,
    watches: ({ pipeline }) => (pipeline ? [pipeline.task, ...pipeline.steps].map(({ id }) => `task:${id}`) : []),
    below: async (detail, query, app) => logBlock(app, detail.pipeline?.shown ?? detail, query),
    json: ({ task, attempts, order, pipeline }) => ({
      ...task,
      after: order.before.map(({ id }) => id),
      attempts,
      ...(pipeline?.task.id === task.id && { steps: pipeline.steps.map(toEntry) }),
    }),
  },
  counters,
  badge: ({ listed = {}, broken = {} }) => {
    const { running = 0, claimed = 0 } = listed
    if (broken.tasks) return { count: broken.tasks, tone: 'failed', words: { one: 'failed or lost', many: 'failed or lost' } }
    return running + claimed > 0 ? { count: running + claimed, tone: 'quiet' } : undefined
  },
  needs: { load: waitingForPeople, view: taskNeeds, all: { title: 'All waiting', href: '/tasks?state=waiting' } },
  find,
  metrics: async ({ db }) => [{ name: 'tasks', help: 'Tasks by state.', values: byState((await count(db)).counts) }],
  state: async (db, { clock }) => ({ ...(await overview(db)), queues: await backlogs(db, clock.now()) }),
  links: async (db) => (await savedViews(db)).map(({ name, search }) => ({ title: name, href: `/tasks?${search}` })),
  routes: [...workRoutes, ...inputRoutes, ...logRoutes, ...viewRoutes, ...formRoutes, ...bulkRoutes, ...verbRoutes, suggest],
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
