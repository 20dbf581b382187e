import type { Context } from 'hono'
import { taskForm } from '../../../views/tasks.tsx'
import { snapshot } from '../../db/index.ts'
import { many, one, page, partial } from '../../http/answer.ts'
import { readBody } from '../../http/body.ts'
import { mustBeAllowed } from '../../http/gate/may.ts'
import { callerOf, cursorAt, isHtmx, isPlainForm, item, viewerOf } from '../../http/respond.ts'
import { type Call, type RefusedForm, type Route, route } from '../../http/route.ts'
import type { Env } from '../../http/slice.ts'
import { zoneOf } from '../../http/zone.ts'
import type { App } from '../../live/app.ts'
import { head } from '../../log/log.ts'
import { create, NewTask } from '../lifecycle.ts'
import { count } from '../tasks.ts'
import { taskTypes, toEntry } from '../types/types.ts'

/** The fields that a link may fill in. The command is never one of them, as someone else may have written the link. */
const FROM_A_LINK = ['title', 'description', 'queue', 'urgency']

export const formRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/tasks/new',
    summary: 'The form for a new task',
    may: 'tasks.create',
    answer: partial('The form'),
    run: async (call) => call.c.html(await emptyForm(call)),
  }),
  route({
    method: 'GET',
    path: '/tasks/new',
    summary: 'The form for a new task',
    may: 'tasks.create',
    answer: page('The form; title, description, queue and urgency may be in the URL'),
    example: { query: { title: 'Copy the photos' } },
    run: async (call) => call.app.bare(call.c, 'New task', await emptyForm(call)),
  }),
  route({
    method: 'GET',
    path: '/api/task-types',
    summary: 'List the task types',
    may: 'read',
    answer: many('The types, and the files that cannot be read'),
    run: ({ app, c }) => listTypes(c, app),
  }),
  route({
    method: 'POST',
    path: '/api/tasks',
    summary: 'Create a task',
    may: 'tasks.create',
    body: NewTask,
    read: async (_app, c) => ({ zone: zoneOf(c), ...withParams(await readBody(c)) }),
    answer: one('The task', 201),
    example: { body: { title: 'Say hello', command: 'echo hello' } },
    async run({ app, c, body }) {
      if (body.type === undefined) mustBeAllowed(app, c, 'tasks.shell')
      const created = await create(app, await callerOf(c), body)
      if (isHtmx(c)) return c.html(await form(c, app), 200, { 'HX-Trigger': JSON.stringify({ 'telltale:created': { id: created.value.id } }) })
      return isPlainForm(c) ? c.redirect('/tasks', 303) : item(app, c, created, 201)
    },
    form: { title: 'New task', again: ({ app, c }, refused) => form(c, app, refused) },
  }),
]

async function listTypes(c: Context<Env>, app: App): Promise<Response> {
  const seq = await snapshot(app.db, head)
  const { types, broken } = await taskTypes(app)
  return c.json({ epoch: app.epoch, seq, items: types.map(toEntry), next: null, broken }, 200, { 'X-Live-Seq': cursorAt(app, seq) })
}

function emptyForm({ app, c }: Pick<Call, 'app' | 'c'>): Promise<string> {
  const given = c.req.query()
  return form(c, app, { values: Object.fromEntries(FROM_A_LINK.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))) })
}

async function form(c: Context<Env>, app: App, { values = {}, fields = {}, message, problem }: Partial<RefusedForm> = {}): Promise<string> {
  const { queues } = await count(app.db)
  const other = problem?.extra.task_id
  const said = { ...(message && { message }), ...(typeof other === 'string' && { see: { href: `/tasks/${other}`, label: `Open ${other}` } }) }
  return taskForm({ values, fields, ...said, queues, ...(await taskTypes(app)), viewer: viewerOf(app, c) })
}

/** Forms name a type's parameters `params.<name>`. */
function withParams(body: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(body)
  const params = given.filter(([name]) => name.startsWith('params.')).map(([name, value]) => [name.slice('params.'.length), value])
  const rest = Object.fromEntries(given.filter(([name]) => !name.startsWith('params.')))
  return params.length > 0 && rest.type !== undefined ? { ...rest, params: Object.fromEntries(params) } : rest
}
