import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { panelFrame } from '../../views/frame.tsx'
import { layout } from '../../views/layout.tsx'
import { navItems } from '../../views/nav.tsx'
import { type Db, snapshot } from '../db/index.ts'
import type { App } from '../live/app.ts'
import { head, headAbout, subjectOf } from '../live/log.ts'
import { notFound, Problem } from '../live/problem.ts'
import type { Assets } from './assets.ts'
import { check, parseQuery } from './body.ts'
import type { Env, Panel, Router, Viewer } from './panel.ts'
import { RenderCache } from './render-cache.ts'
import { cursorAt, mustBeAllowed, viewerOf } from './respond.ts'
import { countsOf, navEntries, type Sidebar, sidebarOf } from './sidebar.ts'

/** Pages, partials and JSON of every panel, from its one definition. */
export class Shell {
  readonly cache = new RenderCache()
  readonly #app: App
  readonly #panels: readonly Panel[]
  readonly #assets: Assets

  constructor(app: App, panels: readonly Panel[], assets: Assets) {
    this.#app = app
    this.#panels = panels
    this.#assets = assets
  }

  mount(router: Router) {
    router.get('/', (c) => c.redirect(`/${this.#panels[0]?.name}`, 302))
    router.get('/ui/nav', (c) => this.#nav(c))
    router.get('/api/state', (c) => this.#state(c))
    for (const panel of this.#panels) {
      const { name } = panel
      panel.routes?.(router, this.#app)
      router.get(`/${name}`, (c) => this.#page(c, panel))
      router.get(`/ui/${name}`, (c) => this.#partial(c, panel))
      router.get(`/api/${name}`, (c) => this.#list(c, panel))
      if (!panel.item) continue
      router.get(`/${name}/:id`, (c) => this.#itemPage(c, panel, c.req.param('id')))
      router.get(`/ui/${name}/:id`, (c) => this.#itemPartial(c, panel, c.req.param('id')))
      router.get(`/api/${name}/:id`, (c) => this.#item(c, panel, c.req.param('id')))
    }
  }

  async #page(c: Context<Env>, panel: Panel): Promise<Response> {
    mustBeAllowed(c, 'read')
    const query = parseQuery(c, panel.query)
    const viewer = viewerOf(this.#app, c)
    const { data, seq, sidebar } = await this.#read(async (db) => ({
      data: await panel.load(db, query, this.#app),
      seq: await head(db),
      sidebar: await sidebarOf(this.#panels, db),
    }))
    const search = searchOf(c)
    const body =
      (panel.head?.(query, viewer, data) ?? '') +
      panelFrame({
        name: panel.name,
        href: `/ui/${panel.name}${search}`,
        event: `sse:${panel.name}-${panel.pulse ? 'pulse' : 'changed'}`,
        label: panel.title,
        body: panel.view(data, query, viewer),
      })
    const watch = panel.isQuiet || panel.pulse ? { watch: panel.name } : {}
    return this.#document(c, { panel, title: panel.title, seq, sidebar, body, viewer, ...watch })
  }

  /** Tells the pages that show a panel with a pulse when its version has moved. The answer stops it. */
  beat(): () => void {
    const { hub } = this.#app
    const timers = this.#panels.flatMap(({ name, pulse }) => {
      if (!pulse) return []
      let told = pulse.version(this.#app)
      const beat = () => {
        const version = pulse.version(this.#app)
        if (version !== told) hub.pulse(name, `${name}-pulse`, {})
        told = version
      }
      return [setInterval(beat, pulse.ms).unref()]
    })
    return () => timers.forEach(clearInterval)
  }

  /** The partial that a page shows, freshly rendered: what a mutation answers to htmx. Throws not_found. */
  async fragment(c: Context<Env>, path: string): Promise<string> {
    const { pathname, searchParams } = new URL(path, 'http://telltale')
    const [, name, id] = pathname.split('/')
    const panel = this.#panels.find((panel) => panel.name === name)
    if (!panel) throw notFound(`There is no panel ${name}.`)
    const viewer = viewerOf(this.#app, c)
    if (id && panel.item) return panel.item.view(await panel.item.load(this.#app.db, id, this.#app), viewer)
    const query = check(panel.query, Object.fromEntries(searchParams))
    return panel.view(await snapshot(this.#app.db, (db) => panel.load(db, query, this.#app)), query, viewer)
  }

  /** A page of the shell with nothing live in it. */
  async bare(c: Context<Env>, title: string, body: string, status: 200 | 422 = 200): Promise<Response> {
    const panel = this.#panels.find(({ name }) => c.req.path.split('/').includes(name)) ?? this.#panels[0]
    const { seq, sidebar } = await this.#read(async (db) => ({ seq: await head(db), sidebar: await sidebarOf(this.#panels, db) }))
    return this.#document(c, { panel: panel as Panel, title, seq, sidebar, body, viewer: viewerOf(this.#app, c), status })
  }

  async #partial(c: Context<Env>, panel: Panel): Promise<Response> {
    mustBeAllowed(c, 'read')
    const query = parseQuery(c, panel.query)
    const render = async () => panel.view(await this.#read((db) => panel.load(db, query, this.#app)), query, viewerOf(this.#app, c))
    return this.#cached(c, `${panel.name}.${panel.pulse?.version(this.#app) ?? this.#app.hub.version(panel.name)}`, render)
  }

  async #list(c: Context<Env>, panel: Panel): Promise<Response> {
    mustBeAllowed(c, 'read')
    const query = parseQuery(c, panel.query)
    if (hasProblem(query)) throw query.problem
    const { data, seq } = await this.#read(async (db) => ({ data: await panel.load(db, query, this.#app), seq: await head(db) }))
    const { items, next, ...rest } = data
    return c.json({ epoch: this.#app.epoch, seq, items, next, ...rest }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  async #itemPage(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    mustBeAllowed(c, 'read')
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no page of their own.`)
    const viewer = viewerOf(this.#app, c)
    const { item, seq, sidebar } = await this.#read(async (db) => ({
      item: await view.load(db, id, this.#app),
      seq: await head(db),
      sidebar: await sidebarOf(this.#panels, db),
    }))
    const name = `${panel.name.replace(/s$/, '')}-${id}`
    const body =
      panelFrame({ name, href: `/ui/${panel.name}/${id}`, event: `sse:${id}-changed`, label: view.title(item), body: view.view(item, viewer) }) +
      ((await view.below?.(item, c.req.query(), this.#app)) ?? '')
    return this.#document(c, { panel, title: view.title(item), seq, sidebar, body, viewer, watch: id })
  }

  async #itemPartial(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    mustBeAllowed(c, 'read')
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no page of their own.`)
    const version = await headAbout(this.#app.db, subjectOf(panel.name, id))
    const render = async () => view.view(await this.#read((db) => view.load(db, id, this.#app)), viewerOf(this.#app, c))
    return this.#cached(c, `${id}.${version}.${view.version?.(id, this.#app) ?? 0}`, render)
  }

  async #item(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    mustBeAllowed(c, 'read')
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no item of their own.`)
    const { item, seq } = await this.#read(async (db) => ({ item: await view.load(db, id, this.#app), seq: await head(db) }))
    return c.json({ epoch: this.#app.epoch, seq, item: view.json?.(item) ?? item }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  /** What a first look needs, read at one seq: a client follows it with the stream from there. */
  async #state(c: Context<Env>): Promise<Response> {
    mustBeAllowed(c, 'read')
    const state = await this.#read(async (db) => {
      const parts: Record<string, unknown> = {}
      for (const { name, state } of this.#panels) if (state) parts[name] = await state(db)
      return { seq: await head(db), counts: await countsOf(db), ...parts }
    })
    const { epoch, clock } = this.#app
    const headers = { 'X-Live-Seq': cursorAt(this.#app, state.seq) }
    return c.json({ epoch, server_time: new Date(clock.now()).toISOString(), ...state }, 200, headers)
  }

  /** `?at=<panel>`: the sidebar's entries with their counts. */
  async #nav(c: Context<Env>): Promise<Response> {
    mustBeAllowed(c, 'read')
    const at = c.req.query('at') ?? ''
    return this.#cached(c, `nav.${this.#app.hub.version('nav')}`, async () =>
      navItems(navEntries(this.#panels, await this.#read((db) => sidebarOf(this.#panels, db)), at)),
    )
  }

  #document(
    c: Context<Env>,
    {
      panel,
      title,
      seq,
      sidebar,
      body,
      viewer,
      watch,
      status = 200,
    }: { panel: Panel; title: string; seq: number; sidebar: Sidebar; body: string; viewer: Viewer; watch?: string; status?: 200 | 422 },
  ) {
    const { epoch, build } = this.#app
    const html = layout({
      title,
      path: c.req.path,
      panel: panel.name,
      nav: navEntries(this.#panels, sidebar, panel.name),
      viewer,
      live: { seq, epoch, ...(watch && { watch }) },
      build,
      assets: this.#assets.url,
      stylesheets: this.#assets.stylesheets,
      scripts: this.#assets.scripts,
      ...themeOf(c),
      body,
    })
    return c.html(html, status, { 'Cache-Control': 'no-store', 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  #cached(c: Context<Env>, version: string, render: () => Promise<string>): Promise<Response> {
    const app = this.#app
    const { role } = c.get('actor')
    const key = `${role} ${c.req.path}${searchOf(c)}`
    return this.cache.answer(c, { key, version: `${version}.${role}.${app.epoch}.${app.build}`, seq: cursorAt(app, app.hub.head), render })
  }

  #read<T>(read: (db: Db) => Promise<T>): Promise<T> {
    return snapshot(this.#app.db, read)
  }
}

/** The theme that the switch keeps in a cookie, so that no page flashes in the other one. */
function themeOf(c: Context): { theme?: 'light' | 'dark' } {
  const theme = getCookie(c, 'theme')
  return theme === 'light' || theme === 'dark' ? { theme } : {}
}

/** A query that cannot be read as it was meant: its page says so in place, a machine is refused. */
const hasProblem = (query: unknown): query is { problem: Problem } => (query as { problem?: unknown } | null)?.problem instanceof Problem

const searchOf = (c: Context) => new URL(c.req.url).search
