import type { Context } from 'hono'
import { taskDetail, taskForm, taskHead, taskList } from '../../views/tasks.tsx'
import { suggestionList } from '../../views/ui/suggestions.tsx'
import { check, parseBody, readBody } from '../http/body.ts'
import type { Env, Panel, Router } from '../http/panel.ts'
import { callerOf, done, isHtmx, isPlainForm, item, mustBeAllowed, viewerOf } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import { Problem } from '../live/problem.ts'
import { mountBulk } from './bulk-routes.ts'
import { TaskFilter } from './filter.ts'
import { startActs } from './grace.ts'
import * as leases from './leases.ts'
import * as lifecycle from './lifecycle.ts'
import { logBlock, mountLog } from './log-routes.ts'
import { overview } from './overview.ts'
import { type TaskPage, taskPage } from './page.ts'
import { reconcile } from './reconcile.ts'
import { savedViews } from './saved-views.ts'
import { suggestions } from './suggest.ts'
import { count, list, type TaskList } from './tasks.ts'
import { taskTypes } from './types.ts'
import { mountVerbs } from './verb-routes.ts'
import { mountViews } from './view-routes.ts'
import { mountWork } from './work-routes.ts'

const REAP_MS = 500
const RECONCILE_MS = 10_000

export const panel: Panel<TaskList, TaskFilter, TaskPage> = {
  name: 'tasks',
  title: 'Tasks',
  group: 'work',
  staleOn: ['task.', 'transient.'],
  query: TaskFilter,
  load: async (db, query) => (query.problem ? { items: [], next: null, ...(await count(db)) } : list(db, query)),
  view: taskList,
  head: (query, viewer, { queues }) => taskHead(query, queues, viewer),
  badge: ({ tasks = {} }) => {
    const { failed = 0, lost = 0, running = 0, claimed = 0 } = tasks
    if (failed + lost > 0) return { count: failed + lost, tone: 'alert' }
    return running + claimed > 0 ? { count: running + claimed, tone: 'quiet' } : undefined
  },
  item: {
    title: ({ task }) => task.title,
    load: (db, id, _app, { from }) => taskPage(db, id, from),
    view: taskDetail,
    // It shows the tasks beside it and those that ran before under its name.
    version: (_id, { hub }) => hub.version('tasks'),
    below: async (detail, query, app) => logBlock(app, detail, query),
    json: ({ task, attempts }) => ({ ...task, attempts }),
  },
  state: overview,
  links: async (db) => (await savedViews(db)).map(({ name, search }) => ({ title: name, href: `/tasks?${search}` })),
  routes(router, app) {
    mountWork(router, app)
    mountLog(router, app)
    mountViews(router, app)
    mountForms(router, app)
    mountBulk(router, app)
    mountVerbs(router, app)
    router.post('/api/tasks', (c) => createTask(c, app))
    router.post('/api/tasks/:id/description', (c) => describe(c, app))
  },
  start(app) {
    void leases.resumeLeases(app)
    const failed = (error: unknown) => app.log.error('looking after the tasks failed', error)
    const reaper = setInterval(() => leases.reap(app).catch(failed), REAP_MS)
    const reconciler = setInterval(() => reconcile(app).catch(failed), RECONCILE_MS)
    const stopActs = startActs(app)
    return () => {
      stopActs()
      clearInterval(reaper)
      clearInterval(reconciler)
    }
  },
}

function mountForms(router: Router, app: App) {
  router.get('/ui/tasks/suggest', async (c) => {
    mustBeAllowed(c, 'read')
    return c.html(suggestionList(await suggestions(app.db, (c.req.query('q') ?? '').slice(0, 1000))))
  })
  router.get('/ui/tasks/new', async (c) => {
    mustBeAllowed(c, 'tasks.create')
    const { queues } = await count(app.db)
    return c.html(taskForm({ values: c.req.query(), fields: {}, queues, types: await taskTypes(app), viewer: viewerOf(app, c) }))
  })
}

async function createTask(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'tasks.create')
  const body = withParams(await readBody(c))
  try {
    const input = check(lifecycle.NewTask, body)
    if (input.type === undefined) mustBeAllowed(c, 'tasks.shell')
    const created = await lifecycle.create(app, await callerOf(c), input)
    if (isHtmx(c)) return c.html(await form(c, app, {}), 200, { 'HX-Trigger': JSON.stringify({ 'telltale:created': { id: created.value.id } }) })
    if (isPlainForm(c)) return c.redirect('/tasks', 303)
    return item(app, c, created, 201)
  } catch (error) {
    if (!(error instanceof Problem) || !(isHtmx(c) || isPlainForm(c)) || (error.code !== 'invalid' && error.code !== 'conflict')) throw error
    const refused = await form(c, app, { values: body, problem: error })
    if (isHtmx(c)) return c.html(refused, 422)
    return app.bare(c, 'New task', refused, 422)
  }
}

async function form(c: Context<Env>, app: App, { values = {}, problem }: { values?: Record<string, unknown>; problem?: Problem }): Promise<string> {
  const { queues } = await count(app.db)
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  const said = problem ? { message: problem.message } : {}
  return taskForm({ values: shown, fields: problem?.fields ?? {}, ...said, queues, types: await taskTypes(app), viewer: viewerOf(app, c) })
}

async function describe(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'tasks.operate')
  const id = c.req.param('id') ?? ''
  const edited = await lifecycle.describe(app, await callerOf(c), id, await parseBody(c, lifecycle.Description))
  return done(app, c, edited, { location: `/tasks/${id}` })
}

/** A form names a type's parameters `params.<name>`. */
function withParams(body: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(body)
  const params = given.filter(([name]) => name.startsWith('params.')).map(([name, value]) => [name.slice('params.'.length), value])
  const rest = Object.fromEntries(given.filter(([name]) => !name.startsWith('params.')))
  return params.length > 0 && rest.type !== undefined ? { ...rest, params: Object.fromEntries(params) } : rest
}
