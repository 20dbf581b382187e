import type { Context } from 'hono'
import type { z } from 'zod'
import { workerDetail, workerHead, workerList } from '../../views/workers.tsx'
import { parseBody, readBody } from '../http/body.ts'
import type { Env, Panel } from '../http/panel.ts'
import { callerOf, done, isHtmx, isPlainForm, item, mustBeAllowed, viewerOf } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation } from '../live/mutate.ts'
import { Problem } from '../live/problem.ts'
import { rangeOf } from '../tasks/throughput.ts'
import * as lifecycle from './lifecycle.ts'
import { load } from './load.ts'
import { forceStop, launch, restart, stop } from './supervisor.ts'
import { watch } from './watch.ts'
import { logOf, logSize } from './worker-log.ts'
import { detail, list, type Worker, type WorkerDetail, WorkerFilter, type WorkerList } from './workers.ts'

type Command = (app: App, caller: Caller, id: string) => Promise<Mutation<Worker>>

const VERBS: Record<string, Command> = {
  drain: lifecycle.drain,
  stop,
  'force-stop': forceStop,
  restart,
  delete: lifecycle.remove,
}

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
  routes(router, app) {
    router.post('/api/workers', async (c) => {
      mustBeAllowed(c, 'workers.register')
      return item(app, c, await lifecycle.register(app, await callerOf(c), await parseBody(c, lifecycle.Register)), 201)
    })
    router.post('/api/workers/launch', (c) => launchWorker(c, app))
    router.post('/api/workers/:id/hello', async (c) => item(app, c, await lifecycle.hello(app, ...(await itself(c, app, lifecycle.Hello)))))
    router.post('/api/workers/:id/goodbye', async (c) => item(app, c, await lifecycle.goodbye(app, ...(await itself(c, app, lifecycle.Goodbye)))))
    for (const [verb, command] of Object.entries(VERBS))
      router.post(`/api/workers/:id/${verb}`, (c) => operate(c, app, command, verb === 'delete' ? '/workers' : undefined))
    router.delete('/api/workers/:id', (c) => operate(c, app, lifecycle.remove, '/workers'))
  },
  start: watch,
}

async function launchWorker(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'workers.operate')
  try {
    const launched = await launch(app, await callerOf(c), await parseBody(c, lifecycle.Launch))
    if (isHtmx(c)) return c.html(workerHead(viewerOf(app, c)))
    return await done(app, c, launched, { status: 201, location: '/workers' })
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid' || !(isHtmx(c) || isPlainForm(c))) throw error
    const values = Object.fromEntries(Object.entries(await readBody(c)).map(([name, value]) => [name, String(value)]))
    const refused = workerHead(viewerOf(app, c), { values, fields: error.fields, message: error.message })
    return isHtmx(c) ? c.html(refused, 422) : app.bare(c, 'Launch a worker', refused, 422)
  }
}

/** What a worker says of itself. Throws forbidden when another token registered it. */
async function itself<T>(c: Context<Env>, app: App, schema: z.ZodType<T>): Promise<[Caller, string, T]> {
  mustBeAllowed(c, 'workers.register')
  const [caller, id] = [await callerOf(c), c.req.param('id') ?? '']
  await lifecycle.mustBeOwn(app, caller, id)
  return [caller, id, await parseBody(c, schema)]
}

async function operate(c: Context<Env>, app: App, command: Command, location?: string): Promise<Response> {
  mustBeAllowed(c, 'workers.operate')
  const id = c.req.param('id') ?? ''
  return done(app, c, await command(app, await callerOf(c), id), { location: location ?? `/workers/${id}` })
}
