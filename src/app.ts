import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Config } from './config.ts'
import { openDatabase } from './db/index.ts'
import { logRequests } from './http/access-log.ts'
import { methodsAt } from './http/allowed.ts'
import { askToSignIn } from './http/asked.ts'
import { Assets } from './http/assets.ts'
import { takeReport } from './http/csp-report.ts'
import { answerError, Refusal, wantsHtml } from './http/errors.ts'
import { checkRate, checkRequest, identify } from './http/gate.ts'
import { secureHeaders } from './http/headers.ts'
import { Shell } from './http/mount.ts'
import type { Env, Panel } from './http/panel.ts'
import { startPulses } from './http/pulse.ts'
import { mustBeAllowed } from './http/respond.ts'
import { mountCredentials, mountSignIn } from './http/sign-in.ts'
import { serveAssets } from './http/static.ts'
import { subjectIn } from './http/subject.ts'
import { type Actor, TELLTALE } from './live/actor.ts'
import { type App, type Clock, perApp, SYSTEM_CLOCK } from './live/app.ts'
import { check } from './live/check.ts'
import { FirehoseQuery, firehose, openFirehose } from './live/firehose.ts'
import { Hub } from './live/hub.ts'
import { inbox } from './live/inbox.ts'
import { epochOf, head, headOf, labelOf } from './live/log.ts'
import { mutator, type Tx } from './live/mutate.ts'
import { pageStream, panelStream } from './live/page-stream.ts'
import { type ServerLog, serverLog } from './live/server-log.ts'
import { PROBE_MS, Storage } from './live/storage.ts'
import { Streams } from './live/stream.ts'
import { upstreams } from './live/upstream/upstreams.ts'
import { mountPalette } from './palette/palette-routes.ts'

export interface Telltale extends App {
  http: Hono<Env>
  shell: Shell
  /** Starts the background work of the slices. */
  start(): Promise<void>
  /** Stops it, and ends every stream. */
  stop(): Promise<void>
  /** Closes the database, once no request is in progress. */
  close(): Promise<void>
}

export interface Deps {
  config: Config
  file: string
  panels: readonly Panel[]
  clock?: Clock
  log?: ServerLog
}

/** The whole program except listening: tests call `http.request`. */
export async function createApp({ config, file, panels, clock = SYSTEM_CLOCK, log = serverLog(config['log-format']) }: Deps): Promise<Telltale> {
  const database = openDatabase(file)
  const db = database.reader
  const epoch = await epochOf(db)
  const topics = [...panels, { name: 'nav', staleOn: ['setting.', ...panels.filter(({ isQuiet }) => !isQuiet).flatMap(({ staleOn }) => staleOn)] }]
  const versions: Record<string, number> = {}
  for (const { name, staleOn } of topics) versions[name] = await headOf(db, staleOn)
  const hub = new Hub({ epoch, head: await head(db), panels: topics, versions })
  const assets = new Assets()
  const storage = new Storage(config.data)
  const app: App = {
    config,
    address: { port: config.port, label: await labelOf(db) },
    db,
    database,
    epoch,
    hub,
    mutate: mutator({ database, hub, clock, storage }),
    storage,
    streams: new Streams({ maxSeconds: config['stream-max-seconds'], perCaller: config['max-streams'] }, clock),
    clock,
    log,
    build: assets.build,
    stylesheets: assets.stylesheets,
    get renders() {
      return shell.cache.stats
    },
    render: (c, path) => shell.fragment(c, path),
    bare: (c, title, body, status) => shell.bare(c, title, body, status),
  }
  const shell = new Shell(app, panels, assets)
  app.streams.onEndOf(() => shell.lane.forget())
  const http = routes(app, shell, assets, panels)
  return Object.assign(app, { http, shell, ...life(app, panels, assets) })
}

const ready = perApp(() => ({ isSo: false }))

function life(app: App, panels: readonly Panel[], assets: Assets): Pick<Telltale, 'start' | 'stop' | 'close'> {
  const stops: (() => void | Promise<void>)[] = []
  return {
    async start() {
      await assets.bundle()
      await inbox(app).start()
      await upstreams(app).start()
      stops.push(
        () => inbox(app).stop(),
        () => upstreams(app).stop(),
        startPulses(app, panels),
        startProbes(app),
      )
      for (const panel of panels) if (panel.start) stops.push(panel.start(app))
      ready(app).isSo = true
    },
    async stop() {
      ready(app).isSo = false
      for (const stop of stops.reverse()) await stop()
      firehose(app).stop()
      await app.streams.endAll()
    },
    async close() {
      // A pending change must commit before the file is closed.
      await app.mutate({ actor: TELLTALE }, async () => {}).catch((error) => app.log.error('could not finish the last change', error))
      await app.database.close()
    },
  }
}

function startProbes(app: App): () => void {
  const write = () => app.mutate({ actor: TELLTALE }, noteProbe)
  const timer = setInterval(() => void app.storage.probe(write), PROBE_MS).unref()
  return () => clearInterval(timer)
}

const noteProbe = ({ db, now }: Tx) =>
  db
    .insertInto('meta')
    .values({ key: 'probed_at', value: String(now) })
    .onConflict((conflict) => conflict.doUpdateSet({ value: String(now) }))
    .execute()

function routes(app: App, shell: Shell, assets: Assets, panels: readonly Panel[]): Hono<Env> {
  const http = new Hono<Env>()
  http.onError((error, c) => answerError(app, c, error))
  http.notFound((c) => {
    const methods = methodsAt(http, c.req.path).join(', ')
    if (methods) throw new Refusal(405, `The method ${c.req.method} does not work here; use ${methods}.`, { Allow: methods })
    throw new Refusal(404, `There is nothing at ${c.req.path}.`)
  })
  http.use(async (c, next) => {
    c.set('requestId', randomUUID().slice(0, 8))
    await next()
  })
  // Streams come first: middleware that touches headers or bodies afterwards would stall or break them.
  http.get('/ui/stream', async (c) => pageStream(app, await admit(app, c), c))
  http.get('/ui/sse/:panel', async (c) => panelStream(app, await admit(app, c), c))
  http.get('/api/events', (c, next) => streamOr(next, app, c))
  http.get('/api/:noun/:id/events', (c, next) => streamOr(next, app, c, () => subjectIn(c, app, panels)))
  http.use(logRequests(app.log), secureHeaders())
  http.use(async (c, next) => checkRequest(app, c) ?? (await next()))
  http.get('/healthz', (c) => c.text('ok'))
  http.get('/readyz', (c) => (ready(app).isSo ? c.text('ready') : c.text('starting', 503, { 'Retry-After': '1' })))
  http.post('/csp', (c) => takeReport(app, c))
  serveAssets(http, assets)
  mountSignIn(http, app, assets)
  http.use(async (c, next) => {
    try {
      c.set('actor', await identify(app, c))
    } catch (error) {
      if (c.req.method === 'GET' && wantsHtml(c) && !c.req.header('hx-request')) return askToSignIn(c)
      throw error
    }
    checkRate(app, c)
    await next()
  })
  mountCredentials(http, app)
  mountPalette(http, app, panels)
  shell.mount(http)
  return http
}

/** Streams the log, unless JSON is requested: then a later route returns a window of it. */
async function streamOr(next: () => Promise<void>, app: App, c: Context<Env>, find?: () => Promise<string>): Promise<Response | undefined> {
  if ((c.req.header('accept') ?? '').includes('application/json')) return void (await next())
  const actor = await admit(app, c)
  const query = check(FirehoseQuery, c.req.query())
  return openFirehose(app, actor, c, find ? { ...query, subject: await find() } : query)
}

async function admit(app: App, c: Parameters<typeof identify>[1]): Promise<Actor> {
  checkRequest(app, c)
  const actor = await identify(app, c)
  c.set('actor', actor)
  mustBeAllowed(c, 'read')
  return actor
}
