import { workerHead } from '../../../views/workers.tsx'
import { one } from '../../http/answer.ts'
import { callerOf, done, isHtmx, item, viewerOf } from '../../http/respond.ts'
import { type Call, type Route, route } from '../../http/route.ts'
import type { App } from '../../live/app.ts'
import type { Caller, Mutation } from '../../log/mutate.ts'
import * as lifecycle from '../lifecycle.ts'
import { forceStop, launch, restart, stop } from '../supervisor.ts'
import type { Worker } from '../workers.ts'

type Command = (app: App, caller: Caller, id: string) => Promise<Mutation<Worker>>

const EXAMPLE = { params: { id: 'w_1' } }

export const routes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/workers',
    summary: 'Register a worker that was started elsewhere',
    may: 'workers.register',
    body: lifecycle.Register,
    answer: one('The worker', 201),
    example: { body: { name: 'nas', queues: ['default'] } },
    run: async ({ app, c, body }) => item(app, c, await lifecycle.register(app, await callerOf(c), body), 201),
  }),
  route({
    method: 'POST',
    path: '/api/workers/launch',
    summary: 'Launch a worker on this machine',
    may: 'workers.operate',
    body: lifecycle.Launch,
    answer: one('The worker', 201),
    form: {
      title: 'Launch a worker',
      again: ({ app, c }, refused) => workerHead(viewerOf(app, c), refused),
    },
    example: { body: { queues: ['default'], concurrency: 2 } },
    async run({ app, c, body }) {
      const launched = await launch(app, await callerOf(c), body)
      return isHtmx(c) ? c.html(workerHead(viewerOf(app, c))) : done(app, c, launched, { status: 201, location: '/workers' })
    },
  }),
  route({
    method: 'POST',
    path: '/api/workers/:id/hello',
    summary: 'Report that a worker is back',
    may: 'workers.register',
    body: lifecycle.Hello,
    answer: one('The worker'),
    example: { ...EXAMPLE, body: { host: 'nas', pid: 4711 } },
    run: async (call) => item(call.app, call.c, await lifecycle.hello(...(await itself(call)))),
  }),
  route({
    method: 'POST',
    path: '/api/workers/:id/goodbye',
    summary: 'Report that a worker ends',
    may: 'workers.register',
    body: lifecycle.Goodbye,
    answer: one('The worker'),
    example: { ...EXAMPLE, body: { signal: 'SIGTERM' } },
    run: async (call) => item(call.app, call.c, await lifecycle.goodbye(...(await itself(call)))),
  }),
  verb('drain', 'Let a worker finish its tasks, then stop it', lifecycle.drain),
  verb('stop', 'Stop a worker', stop),
  verb('force-stop', 'Stop a worker at once', forceStop),
  verb('restart', 'Stop a launched worker and start it again', restart),
  verb('delete', 'Delete a stopped worker', lifecycle.remove),
  { ...verb('delete', 'Delete a stopped worker', lifecycle.remove), method: 'DELETE', path: '/api/workers/:id' },
]

function verb(name: string, summary: string, command: Command): Route {
  return route({
    method: 'POST',
    path: `/api/workers/:id/${name}` as '/api/workers/:id/verb',
    summary,
    may: 'workers.operate',
    answer: one('The worker'),
    example: EXAMPLE,
    async run({ app, c, params: { id } }) {
      return done(app, c, await command(app, await callerOf(c), id), { location: name === 'delete' ? '/workers' : `/workers/${id}` })
    },
  })
}

/** Throws forbidden if another token registered the worker. */
async function itself<Body>({ app, c, params, body }: Call<'id', unknown, Body>): Promise<[App, Caller, string, Body]> {
  const caller = await callerOf(c)
  await lifecycle.mustBeOwn(app, caller, params.id)
  return [app, caller, params.id, body]
}
