import type { Context } from 'hono'
import { z } from 'zod'
import { newTaskPage, taskForm } from '../../../views/tasks.tsx'
import { list as keptSecrets } from '../../access/kept-secrets.ts'
import { snapshot } from '../../db/index.ts'
import { many, one, page, partial } from '../../http/answer.ts'
import { readBody } from '../../http/body.ts'
import { mustBeAllowed } from '../../http/gate/may.ts'
import { callerOf, cursorAt, isHtmx, isPlainForm, item, viewerOf } from '../../http/respond.ts'
import { type Call, type RefusedForm, type Route, route } from '../../http/route.ts'
import type { Env } from '../../http/slice.ts'
import { zoneOf } from '../../http/zone.ts'
import { taskId } from '../../input/texts.ts'
import type { App } from '../../live/app.ts'
import { head } from '../../log/log.ts'
import { create } from '../new/create.ts'
import { NewTask } from '../new/new-task.ts'
import { stepsOf } from '../pipelines/steps.ts'
import { count, row, type Task, toTask } from '../tasks.ts'
import { taskTypes, toEntry } from '../types/types.ts'
import { leftOut, valuesOf } from './prefill.ts'

const NEW = 'New task'
const SECRET = /^secret_\d+$/
const text = z.string().optional()
/**
 * What a link may fill in. The command is never in it, as someone else may have written the link; `like` names a task of this
 * server to begin with.
 */
const Prefill = z.object({
  title: text,
  description: text,
  queue: text,
  urgency: text,
  type: text,
  zone: text,
  like: taskId.optional(),
  created: taskId.optional(),
})

/** Where a form without script leads. */
const Lead = z.object({ leads_to: z.enum(['task', 'form']).default('form') })

export const formRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/tasks/new',
    summary: 'The form for a new task',
    may: 'tasks.create',
    query: Prefill,
    answer: partial('The form'),
    run: async (call) => call.c.html(await emptyForm(call)),
  }),
  route({
    method: 'GET',
    path: '/tasks/new',
    summary: 'The form for a new task',
    may: 'tasks.create',
    query: Prefill,
    answer: page('The form; title, description, queue, urgency and type may be in the URL, or like: a task to begin with'),
    example: { query: { title: 'Copy the photos' } },
    run: async (call) => call.app.bare(call.c, NEW, newTaskPage(await emptyForm(call))),
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
    query: Lead,
    body: NewTask,
    read: async (_app, c) => ({ zone: zoneOf(c), ...fromForm(await readBody(c)) }),
    answer: one('The task', 201),
    example: { body: { title: 'Say hello', command: 'echo hello' } },
    async run({ app, c, query, body }) {
      if (body.type === undefined) mustBeAllowed(app, c, 'tasks.shell')
      const created = await create(app, await callerOf(c), body)
      const { id } = created.value
      const trigger = { 'HX-Trigger': JSON.stringify({ 'telltale:created': { id } }) }
      if (isHtmx(c)) return c.html(await form(c, app, { created: created.value, values: body.type ? { type: body.type } : {} }), 200, trigger)
      const next = new URLSearchParams({ ...(body.type && { type: body.type }), created: id })
      const shown = query.leads_to === 'task' ? `/tasks/${id}` : `/tasks/new?${next}`
      return isPlainForm(c) ? c.redirect(shown, 303) : item(app, c, created, 201)
    },
    form: {
      title: NEW,
      async again({ app, c }, refused) {
        const again = await form(c, app, refused)
        return isHtmx(c) ? again : newTaskPage(again)
      },
    },
  }),
]

async function listTypes(c: Context<Env>, app: App): Promise<Response> {
  const seq = await snapshot(app.db, head)
  const { types, broken } = await taskTypes(app)
  return c.json({ epoch: app.epoch, seq, items: types.map(toEntry), next: null, broken }, 200, { 'X-Live-Seq': cursorAt(app, seq) })
}

async function emptyForm({ app, c, query: { like, created, zone: _, ...values } }: Call<never, z.infer<typeof Prefill>>): Promise<string> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<string, string>
  const made = created === undefined ? undefined : await row(app.db, created).then(toTask, () => undefined)
  const first = like === undefined ? undefined : toTask(await row(app.db, like))
  const steps = first?.step_count ? await stepsOf(app.db, first.id) : undefined
  const begun =
    first &&
    valuesOf(
      first,
      (await taskTypes(app)).types,
      steps?.flatMap(({ argv }) => argv),
    )
  const missing = first ? leftOut(first) : []
  const message = missing.length > 0 ? { message: `Left out, because a form has one line for each variable: ${missing.join(', ')}.` } : {}
  return form(c, app, { created: made, values: { ...begun, ...given }, ...message })
}

async function form(c: Context<Env>, app: App, { values, fields, message, problem, created }: Partial<RefusedForm> & { created?: Task | undefined }) {
  const { queues } = await count(app.db)
  const secrets = (await keptSecrets(app)).map(({ name }) => name)
  const other = problem?.extra.task_id
  const said = {
    ...(fields && { fields }),
    ...(message && { message }),
    ...(typeof other === 'string' && { see: { href: `/tasks/${other}`, label: `Open ${other}` } }),
  }
  return taskForm({ ...(values && { values }), ...said, queues, secrets, ...(await taskTypes(app)), created, viewer: viewerOf(app, c) })
}

/** A form names a type's parameters `params.<name>`, and adds variables by `secret_1` and `secret_1_as`. */
function fromForm(body: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(body)
  const params = entries.filter(([name]) => name.startsWith('params.')).map(([name, value]) => [name.slice('params.'.length), value])
  const secrets = entries.filter(([name]) => SECRET.test(name)).map(([name, value]) => `${body[`${name}_as`] ?? value}=secret:${value}`)
  const rest = Object.fromEntries(entries.filter(([name]) => !name.startsWith('params.') && !/^secret_\d+(_as)?$/.test(name)))
  const env = [rest.env, ...secrets].filter((line) => line !== undefined).join('\n')
  return {
    ...rest,
    ...(secrets.length > 0 && { env }),
    ...(params.length > 0 && rest.type !== undefined && { params: Object.fromEntries(params) }),
  }
}
