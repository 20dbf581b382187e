import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { panelFrame } from '../../../views/shell/frame.tsx'
import { layout } from '../../../views/shell/layout.tsx'
import { navItems } from '../../../views/shell/nav.tsx'
import type { Viewer } from '../../../views/viewer.ts'
import { type Db, snapshot } from '../../db/index.ts'
import { check } from '../../input/check.ts'
import { notFound, Problem } from '../../input/problem.ts'
import { head, headAbout, subjectOf } from '../../log/log.ts'
import type { Assets } from '../assets/assets.ts'
import { queryOf } from '../body.ts'
import { compressed, cursorAt, viewerOf } from '../respond.ts'
import type { Site } from '../site.ts'
import type { Env, Panel } from '../slice.ts'
import { inZoneOfViewer, zoneOf } from '../zone.ts'
import { FastLane } from './fast-lane.ts'
import { RenderCache } from './render-cache.ts'
import { countsOf, navEntries, type Sidebar, sidebarOf } from './sidebar.ts'

const MINUTE_MS = 60_000

/** Pages, partials and JSON of every panel, from its one definition. */
export class Shell {
  readonly cache = new RenderCache()
  readonly lane = new FastLane(this.cache)
  readonly #app: Site
  readonly panels: readonly Panel[]
  readonly #assets: Assets

  constructor(app: Site, panels: readonly Panel[], assets: Assets) {
    this.#app = app
    this.panels = panels.map(inZoneOfViewer)
    this.#assets = assets
    app.streams.onEndOf(() => this.lane.forget())
  }

  async page(c: Context<Env>, panel: Panel, query: unknown): Promise<Response> {
    const viewer = viewerOf(this.#app, c)
    const { data, seq, sidebar } = await this.#read(async (db) => ({
      data: await panel.load(db, query, this.#app),
      seq: await head(db),
      sidebar: await sidebarOf(this.panels, db),
    }))
    const search = searchOf(c)
    const body =
      (panel.head?.(query, viewer, data) ?? '') +
      panelFrame({
        name: panel.name,
        href: `/ui/${panel.name}${search}`,
        event: eventOf(panel),
        label: panel.title,
        body: panel.view(data, query, viewer),
      })
    const watch = panel.isQuiet || panel.pulse ? { watch: panel.name } : {}
    return this.#document(c, { panel, title: panel.title, seq, sidebar, body, viewer, ...watch })
  }

  /** The partial that a page shows, freshly rendered: what a mutation answers to htmx. Throws not_found. */
  fragment = async (c: Context<Env>, path: string): Promise<string> => {
    const { pathname, searchParams } = new URL(path, 'http://telltale')
    const [, name, id] = pathname.split('/')
    const panel = this.panels.find((panel) => panel.name === name)
    if (!panel) throw notFound(`There is no panel ${name}.`)
    const viewer = viewerOf(this.#app, c)
    const asked = { zone: viewer.zone, ...Object.fromEntries(searchParams) }
    if (id && panel.item) return panel.item.view(await panel.item.load(this.#app.db, decodeURIComponent(id), this.#app, asked), viewer)
    const query = check(panel.query, asked)
    return panel.view(await snapshot(this.#app.db, (db) => panel.load(db, query, this.#app)), query, viewer)
  }

  /** A page of the shell with nothing live in it. */
  bare = async (c: Context<Env>, title: string, body: string, status: 200 | 422 = 200, at?: string): Promise<Response> => {
    const panel = this.panels.find(({ name }) => name === at || c.req.path.split('/').includes(name)) ?? this.panels[0]
    const { seq, sidebar } = await this.#read(async (db) => ({ seq: await head(db), sidebar: await sidebarOf(this.panels, db) }))
    return this.#document(c, { panel: panel as Panel, title, seq, sidebar, body, viewer: viewerOf(this.#app, c), status })
  }

  async partial(c: Context<Env>, panel: Panel, query: unknown): Promise<Response> {
    const render = async () => panel.view(await this.#read((db) => panel.load(db, query, this.#app)), query, viewerOf(this.#app, c))
    return this.#keptAs(c, panel.name, render)
  }

  async list(c: Context<Env>, panel: Panel, query: unknown): Promise<Response> {
    if (hasProblem(query)) throw query.problem
    const { data, seq } = await this.#read(async (db) => ({ data: await panel.load(db, query, this.#app), seq: await head(db) }))
    const { items, next, ...rest } = data
    return c.json({ epoch: this.#app.epoch, seq, items, next, ...rest }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  async itemPage(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no page of their own.`)
    const viewer = viewerOf(this.#app, c)
    const { item, seq, sidebar } = await this.#read(async (db) => ({
      item: await view.load(db, id, this.#app, queryOf(c)),
      seq: await head(db),
      sidebar: await sidebarOf(this.panels, db),
    }))
    const part = encodeURIComponent(id)
    const name = `${panel.name.replace(/s$/, '')}-${part}`
    const href = `/ui/${panel.name}/${part}${searchOf(c)}`
    const event = view.isLiveAsPanel ? eventOf(panel) : `sse:${id}-changed`
    const body =
      panelFrame({ name, href, event, label: view.title(item), body: view.view(item, viewer) }) + ((await view.below?.(item, c.req.query(), this.#app)) ?? '')
    return this.#document(c, { panel, title: view.title(item), seq, sidebar, body, viewer, watch: view.isLiveAsPanel ? panel.name : id })
  }

  async itemPartial(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no page of their own.`)
    const version = view.isLiveAsPanel ? this.#versionOf(panel.name) : await headAbout(this.#app.db, subjectOf(panel.name, id))
    const render = async () => view.view(await this.#read((db) => view.load(db, id, this.#app, queryOf(c))), viewerOf(this.#app, c))
    return this.#cached(c, `${encodeURIComponent(id)}.${version}.${view.version?.(id, this.#app) ?? 0}`, render)
  }

  async item(c: Context<Env>, panel: Panel, id: string): Promise<Response> {
    const { item: view } = panel
    if (!view) throw notFound(`${panel.title} have no item of their own.`)
    const { item, seq } = await this.#read(async (db) => ({ item: await view.load(db, id, this.#app, queryOf(c)), seq: await head(db) }))
    return c.json({ epoch: this.#app.epoch, seq, item: view.json?.(item) ?? item }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  /** What a first look needs, read at one seq: a client follows it with the stream from there. */
  async state(c: Context<Env>): Promise<Response> {
    const state = await this.#read(async (db) => {
      const parts: Record<string, unknown> = {}
      for (const { name, state } of this.panels) if (state) parts[name] = await state(db, this.#app)
      return { seq: await head(db), counts: await countsOf(db), ...parts }
    })
    const { epoch, clock } = this.#app
    const headers = { 'X-Live-Seq': cursorAt(this.#app, state.seq) }
    return c.json({ epoch, server_time: new Date(clock.now()).toISOString(), ...state }, 200, headers)
  }

  /** `?at=<panel>`: the sidebar's entries with their counts. */
  async nav(c: Context<Env>): Promise<Response> {
    const at = c.req.query('at') ?? ''
    const render = async () => navItems(navEntries(this.panels, await this.#read((db) => sidebarOf(this.panels, db)), at))
    return this.#keptAs(c, 'nav', render)
  }

  async #document(
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
    const { epoch } = this.#app
    const html = layout({
      title,
      path: c.req.path,
      panel: panel.name,
      nav: navEntries(this.panels, sidebar, panel.name),
      viewer,
      live: { seq, epoch, ...(watch && { watch }) },
      build: this.#assets.build,
      assets: this.#assets.url,
      stylesheets: this.#assets.stylesheetsOf(panel.name),
      scripts: this.#assets.scripts,
      environment: this.#app.config.environment,
      body,
    })
    return compressed(c, html, status, { 'Cache-Control': 'no-store', 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  /**
   * A partial whose version is known at any moment: the next who asks for the same may take the fast lane. What is
   * remembered for that holds nothing of this request.
   */
  async #keptAs(c: Context<Env>, topic: string, render: () => Promise<string>): Promise<Response> {
    const version = () => `${topic}.${this.#versionOf(topic)}`
    const answer = await this.#cached(c, version(), render)
    const { key, full } = this.#place(c)
    const { incoming } = c.env as unknown as Partial<HttpBindings>
    this.lane.admit(incoming, { key, version: () => full(version()), seq: () => cursorAt(this.#app, this.#app.hub.head) })
    return answer
  }

  #cached(c: Context<Env>, version: string, render: () => Promise<string>): Promise<Response> {
    const { key, full } = this.#place(c)
    return this.cache.answer(c, { key, version: full(version), seq: cursorAt(this.#app, this.#app.hub.head), render })
  }

  /** Where a partial is kept, and what its version depends on beside its own: who looks, from which zone, at which build, in which minute. */
  #place(c: Context<Env>): { key: string; full: (version: string) => string } {
    const { epoch, clock } = this.#app
    const { build } = this.#assets
    const { role } = c.get('actor')
    const zone = zoneOf(c)
    // What a view says of time (today, the last hour, since:2h) changes with no event.
    const minute = () => Math.floor(clock.now() / MINUTE_MS)
    return { key: `${role} ${zone} ${c.req.path}${searchOf(c)}`, full: (version) => `${version}.${minute()}.${role}.${zone}.${epoch}.${build}` }
  }

  /** Of a panel by its name, or of another topic of the hub. */
  #versionOf(topic: string): string {
    const panel = this.panels.find(({ name }) => name === topic)
    const app = this.#app
    return [app.hub.version(topic), panel?.pulse?.version(app), panel?.moves?.(app)].filter((part) => part !== undefined).join('.')
  }

  #read<T>(read: (db: Db) => Promise<T>): Promise<T> {
    return snapshot(this.#app.db, read)
  }
}

/** A query that cannot be read as it was meant: its page says so in place, a machine is refused. */
const hasProblem = (query: unknown): query is { problem: Problem } => (query as { problem?: unknown } | null)?.problem instanceof Problem

/** The events on which a panel's pages ask again. */
const eventOf = ({ name, pulse }: Panel) => [(!pulse || pulse.andEvents) && `sse:${name}-changed`, pulse && `sse:${name}-pulse`].filter(Boolean).join(', ')

const searchOf = (c: Context) => new URL(c.req.url).search
