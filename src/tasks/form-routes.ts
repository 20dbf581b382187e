import type { Context } from 'hono'
import { taskForm } from '../../views/tasks.tsx'
import { snapshot } from '../db/index.ts'
import { readBody } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { callerOf, cursorAt, isHtmx, isPlainForm, item, mustBeAllowed, viewerOf } from '../http/respond.ts'
import { zoneOf } from '../http/zone.ts'
import type { App } from '../live/app.ts'
import { check } from '../live/check.ts'
import { head } from '../live/log.ts'
import { Problem } from '../live/problem.ts'
import { create, NewTask } from './lifecycle.ts'
import { count } from './tasks.ts'
import { taskTypes, toEntry } from './types.ts'

/** The fields that a URL may fill in. A command is always typed, and never comes from a link that somebody else wrote. */
const FROM_A_LINK = ['title', 'description', 'queue', 'urgency']

/** Making a task: the form, in the page and as a page of its own, the types that it offers, and what it sends. */
export function mountForms(router: Router, app: App) {
  router.get('/ui/tasks/new', async (c) => c.html(await emptyForm(c, app)))
  router.get('/tasks/new', async (c) => app.bare(c, 'New task', await emptyForm(c, app)))
  router.get('/api/task-types', (c) => listTypes(c, app))
  router.post('/api/tasks', (c) => createTask(c, app))
}

async function listTypes(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'read')
  const seq = await snapshot(app.db, head)
  const { types, broken } = await taskTypes(app)
  return c.json({ epoch: app.epoch, seq, items: types.map(toEntry), next: null, broken }, 200, { 'X-Live-Seq': cursorAt(app, seq) })
}

async function createTask(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'tasks.create')
  const body = withParams(await readBody(c))
  try {
    const input = check(NewTask, { zone: zoneOf(c), ...body })
    if (input.type === undefined) mustBeAllowed(c, 'tasks.shell')
    const created = await create(app, await callerOf(c), input)
    if (isHtmx(c)) return c.html(await form(c, app), 200, { 'HX-Trigger': JSON.stringify({ 'telltale:created': { id: created.value.id } }) })
    if (isPlainForm(c)) return c.redirect('/tasks', 303)
    return item(app, c, created, 201)
  } catch (error) {
    if (!(error instanceof Problem) || !(isHtmx(c) || isPlainForm(c)) || (error.code !== 'invalid' && error.code !== 'conflict')) throw error
    const refused = await form(c, app, { values: body, problem: error })
    if (isHtmx(c)) return c.html(refused, 422)
    return app.bare(c, 'New task', refused, 422)
  }
}

function emptyForm(c: Context<Env>, app: App): Promise<string> {
  mustBeAllowed(c, 'tasks.create')
  const values = Object.fromEntries(FROM_A_LINK.map((name) => [name, c.req.query(name)]).filter(([, value]) => value !== undefined))
  return form(c, app, { values })
}

async function form(c: Context<Env>, app: App, { values = {}, problem }: { values?: Record<string, unknown>; problem?: Problem } = {}): Promise<string> {
  const { queues } = await count(app.db)
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  const other = problem?.extra.task_id
  const said = { ...(problem && { message: problem.message }), ...(typeof other === 'string' && { see: { href: `/tasks/${other}`, label: `Open ${other}` } }) }
  return taskForm({ values: shown, fields: problem?.fields ?? {}, ...said, queues, ...(await taskTypes(app)), viewer: viewerOf(app, c) })
}

/** A form names a type's parameters `params.<name>`. */
function withParams(body: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(body)
  const params = given.filter(([name]) => name.startsWith('params.')).map(([name, value]) => [name.slice('params.'.length), value])
  const rest = Object.fromEntries(given.filter(([name]) => !name.startsWith('params.')))
  return params.length > 0 && rest.type !== undefined ? { ...rest, params: Object.fromEntries(params) } : rest
}
