import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Config } from './config.ts'
import { openDatabase } from './db/index.ts'
import { logRequests } from './http/access-log.ts'
import { methodsAt } from './http/allowed.ts'
import { text } from './http/answer.ts'
import { routes as api } from './http/api-routes.ts'
import { askToSignIn } from './http/asked.ts'
import { Assets } from './http/assets.ts'
import { reportRoute } from './http/csp-report.ts'
import { answerError, Refusal, wantsHtml } from './http/errors.ts'
import { checkRate, checkRequest, identify } from './http/gate.ts'
import { secureHeaders } from './http/headers.ts'
import type { Env, Panel } from './http/panel.ts'
import { panelRoutes } from './http/panel-routes.ts'
import { startPulses } from './http/pulse.ts'
import { mount, mountStreams, type Route, route, type Site } from './http/route.ts'
import { Shell } from './http/shell.ts'
import { routes as signIn } from './http/sign-in.ts'
import { serveAssets } from './http/static.ts'
import { routes as streams } from './http/stream-routes.ts'
import { routes as tokens } from './http/token-routes.ts'
import { TELLTALE } from './live/actor.ts'
import { type App, type Clock, perApp, SYSTEM_CLOCK } from './live/app.ts'
import { firehose } from './live/firehose.ts'
import { Hub } from './live/hub.ts'
import { inbox } from './live/inbox.ts'
import { epochOf, head, headOf, labelOf } from './live/log.ts'
import { mutator, type Tx } from './live/mutate.ts'
import { type ServerLog, serverLog } from './live/server-log.ts'
import { PROBE_MS, Storage } from './live/storage.ts'
import { Streams } from './live/stream.ts'
import { upstreams } from './live/upstream/upstreams.ts'
import { routes as palette } from './palette/palette-routes.ts'

export interface Telltale extends App {
  http: Hono<Env>
  site: Site
  shell: Shell
  start(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

interface Deps {
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
    bare: (c, title, body, status, panel) => shell.bare(c, title, body, status, panel),
  }
  const shell = new Shell(app, panels, assets)
  app.streams.onEndOf(() => shell.lane.forget())
  for (const panel of panels) panel.init?.(app)
  return Object.assign(app, { shell, ...serve(app, shell, assets), ...life(app, panels, assets) })
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

function serve(app: App, shell: Shell, assets: Assets): Pick<Telltale, 'http' | 'site'> {
  const http = new Hono<Env>()
  const site: Site = { panels: shell.panels, routes: [...openRoutes, ...signIn, ...tokens, ...palette, ...api, ...streams, ...panelRoutes(shell)], assets }
  const { open = [], closed = [] } = Object.groupBy(site.routes, (route) => (streams.includes(route) ? 'stream' : route.may === 'anyone' ? 'open' : 'closed'))
  http.onError((error, c) => answerError(app, c, error))
  http.notFound((c) => {
    const methods = methodsAt(http, c.req.path).join(', ')
    if (methods) throw new Refusal(405, `The method ${c.req.method} is not allowed here; use ${methods}.`, { Allow: methods })
    throw new Refusal(404, `There is nothing at ${c.req.path}.`)
  })
  http.use(async (c, next) => {
    c.set('requestId', randomUUID().slice(0, 8))
    await next()
  })
  // Streams come first: middleware that touches headers or bodies afterwards would stall or break them.
  mountStreams(http, app, site, streams)
  http.use(logRequests(app.log), secureHeaders())
  http.use(async (c, next) => checkRequest(app, c) ?? (await next()))
  serveAssets(http, assets)
  mount(http, app, site, open)
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
  mount(http, app, site, closed)
  return { http, site }
}

/** For whatever watches the server, and for browsers that report. */
const openRoutes: readonly Route[] = [
  route({ method: 'GET', path: '/healthz', summary: 'Whether the server answers', may: 'anyone', answer: text('ok'), run: ({ c }) => c.text('ok') }),
  route({
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the server is ready for work',
    may: 'anyone',
    answer: text('ready; 503 while it starts or stops'),
    run: ({ app, c }) => (ready(app).isSo ? c.text('ready') : c.text('starting', 503, { 'Retry-After': '1' })),
  }),
  reportRoute,
]
