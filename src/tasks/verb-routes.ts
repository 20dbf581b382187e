import type { Context } from 'hono'
import { readBody } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { callerOf, done, mustBeAllowed } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { ask, undo } from './grace.ts'
import { cancel, remove, retry } from './lifecycle.ts'
import type { Act, Task } from './tasks.ts'

type Command = (app: App, caller: Caller, id: string) => Promise<Mutation<Task>>

const ACTS: Record<Act, Command> = { cancel, delete: remove }

/** What an operator does with one task. With `grace=1`, a cancel or a deletion can be undone for a few seconds. */
export function mountVerbs(router: Router, app: App) {
  router.post('/api/tasks/:id/cancel', (c) => act(c, app, 'cancel'))
  router.post('/api/tasks/:id/delete', (c) => act(c, app, 'delete'))
  router.delete('/api/tasks/:id', (c) => act(c, app, 'delete'))
  router.post('/api/tasks/:id/retry', (c) => operate(c, app, retry))
  router.post('/api/tasks/:id/undo', (c) => operate(c, app, undo))
}

async function act(c: Context<Env>, app: App, verb: Act): Promise<Response> {
  const { grace } = await readBody(c)
  if (grace !== undefined && String(grace) !== '0') return operate(c, app, (app, caller, id) => ask(app, caller, id, verb))
  return operate(c, app, ACTS[verb], verb === 'delete' ? '/tasks' : undefined)
}

async function operate(c: Context<Env>, app: App, command: Command, location?: string): Promise<Response> {
  mustBeAllowed(c, 'tasks.operate')
  const id = c.req.param('id') ?? ''
  const changed = await command(app, await callerOf(c), id)
  const { act, act_at, title } = changed.value
  if (act !== null) c.header('HX-Trigger', ascii({ 'telltale:asked': { id, act, act_at, title } }))
  return done(app, c, changed, { location: location ?? `/tasks/${id}` })
}

/** JSON that may stand in a header, whatever a title is written in. */
const ascii = (value: unknown) => JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
