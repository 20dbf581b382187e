import { z } from 'zod'
import { one } from '../../http/answer.ts'
import { callerOf, done, isHtmx } from '../../http/respond.ts'
import { type Call, type Route, route } from '../../http/route.ts'
import type { App } from '../../live/app.ts'
import type { Caller, Mutation } from '../../log/mutate.ts'
import { Acknowledgement, acknowledge, unacknowledge } from '../acknowledge.ts'
import { schedule, undo } from '../grace.ts'
import { cancel, Description, describe, remove, retry, startNow } from '../lifecycle.ts'
import type { Act, Task } from '../tasks.ts'

type Command = (app: App, caller: Caller, id: string) => Promise<Mutation<Task>>

const ACTS: Record<Act, Command> = { cancel, delete: remove }
const EXAMPLE = { params: { id: 't_1' } }

const Grace = z.object({ grace: z.unknown().optional() })

export const verbRoutes: readonly Route[] = [
  act('cancel', 'Cancel a task'),
  act('delete', 'Delete a task that has ended'),
  { ...act('delete', 'Delete a task that has ended'), method: 'DELETE', path: '/api/tasks/:id' },
  route({
    method: 'POST',
    path: '/api/tasks/:id/retry',
    summary: 'Put a task that has ended back in its queue',
    may: 'tasks.operate',
    answer: one('The task'),
    example: EXAMPLE,
    run: (call) => operate(call, retry),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/undo',
    summary: 'Undo a cancel or a deletion within its grace',
    may: 'tasks.operate',
    answer: one('The task'),
    example: EXAMPLE,
    run: (call) => operate(call, undo),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/start-now',
    summary: 'Let a task start before its time',
    may: 'tasks.operate',
    answer: one('The task'),
    example: EXAMPLE,
    run: (call) => operate(call, startNow),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/acknowledge',
    summary: 'Acknowledge a failure: it keeps its state, but no longer counts as broken',
    may: 'tasks.operate',
    body: Acknowledgement,
    answer: one('The task'),
    example: { ...EXAMPLE, body: { note: 'The NAS was rebooting.' } },
    run({ app, c, params: { id }, body }) {
      if (isHtmx(c)) c.header('HX-Trigger', ascii({ 'telltale:acknowledged': { ids: [id] } }))
      return operate({ app, c, params: { id } }, (app, caller, id) => acknowledge(app, caller, id, body))
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/unacknowledge',
    summary: 'Undo an acknowledgement',
    may: 'tasks.operate',
    answer: one('The task'),
    example: EXAMPLE,
    run: (call) => operate(call, unacknowledge),
  }),
  route({
    method: 'POST',
    path: '/api/tasks/:id/description',
    summary: 'Change a task’s description',
    may: 'tasks.operate',
    body: Description,
    answer: one('The task'),
    example: { ...EXAMPLE, body: { description: 'Copies the photos to the NAS.', version: 1 } },
    async run({ app, c, params: { id }, body }) {
      return done(app, c, await describe(app, await callerOf(c), id, body), { location: `/tasks/${id}` })
    },
  }),
]

function act(verb: Act, summary: string): Route {
  return route({
    method: 'POST',
    path: `/api/tasks/:id/${verb}` as '/api/tasks/:id/verb',
    summary,
    may: 'tasks.operate',
    body: Grace,
    answer: one('The task'),
    example: { ...EXAMPLE, body: { grace: '0' } },
    run(call) {
      const { grace } = call.body
      if (grace !== undefined && String(grace) !== '0') return operate(call, (app, caller, id) => schedule(app, caller, id, verb))
      return operate(call, ACTS[verb], verb === 'delete' ? '/tasks' : undefined)
    },
  })
}

async function operate({ app, c, params: { id } }: Pick<Call<'id'>, 'app' | 'c' | 'params'>, command: Command, location?: string): Promise<Response> {
  const changed = await command(app, await callerOf(c), id)
  const { act, act_at, title } = changed.value
  if (act !== null) c.header('HX-Trigger', ascii({ 'telltale:scheduled': { id, act, act_at, title } }))
  return done(app, c, changed, { location: location ?? `/tasks/${id}` })
}

/** ASCII JSON, as a header must be. */
const ascii = (value: unknown) => JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
