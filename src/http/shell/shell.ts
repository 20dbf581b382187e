import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { panelFrame } from '../../../views/shell/frame.tsx'
import { layout } from '../../../views/shell/layout.tsx'
import { navItems } from '../../../views/shell/nav.tsx'
import type { Viewer } from '../../../views/viewer.ts'
import { type Db, snapshot } from '../../db/index.ts'
import { check } from '../../input/check.ts'
import { notFound, Problem } from '../../input/problem.ts'
import { head, headAbout } from '../../log/log.ts'
import { queryOf } from '../body.ts'
import { placeholderOf } from '../palette/palette.ts'
import { compressed, cursorAt, viewerOf } from '../respond.ts'
import { countsOf, navEntries, type Sidebar, sidebarOf } from '../sidebar.ts'
import type { Bare, Site } from '../site.ts'
import { type AnySlice, type Env, type ItemView, isQuiet, isStale, type ListReader, pulseOf } from '../slice.ts'
import { inZoneOfViewer, zoneOf } from '../zone.ts'
import { FastLane } from './fast-lane.ts'
import { RenderCache } from './render-cache.ts'

const MINUTE_MS = 60_000

/** Pages, partials and JSON of every slice, from its one definition. */
export class Shell {
  readonly cache = new RenderCache()
  readonly lane = new FastLane(this.cache)
  readonly #app: Site
  readonly slices: readonly AnySlice[]

  constructor(app: Site, slices: readonly AnySlice[]) {
    this.#app = app
    this.slices = slices.map(inZoneOfViewer)
    app.streams.onEndOf(() => this.lane.forget())
  }

  async page(c: Context<Env>, slice: AnySlice, query: unknown): Promise<Response> {
    const { list, noun, title } = slice
    const viewer = viewerOf(this.#app, c)
    const { data, seq, sidebar } = await this.#readList(slice, query, 'page', async (db, query) => ({
      data: await list.load(db, query, this.#app),
      seq: await head(db),
      sidebar: await sidebarOf(this.slices, db),
    }))
    const body =
      (list.head?.(query, viewer, data) ?? '') +
      panelFrame({ name: noun.many, href: `/ui/${noun.many}${searchOf(c)}`, event: eventOf(slice), label: title, body: list.view(data, query, viewer) })
    return this.#document(c, { slice, title, seq, sidebar, body, viewer, ...(isQuiet(slice) || pulseOf(slice) ? { watch: [noun.many] } : {}) })
  }

  /** The partial that a page shows, freshly rendered: what a mutation answers to htmx. Throws not_found. */
  fragment = async (c: Context<Env>, path: string): Promise<string> => {
    const { pathname, searchParams } = new URL(path, 'http://telltale')
    const [, name, id] = pathname.split('/')
    const slice = this.slices.find(({ noun }) => noun.many === name)
    if (!slice) throw notFound(`There is no page ${name}.`)
    const viewer = viewerOf(this.#app, c)
    const asked = { zone: viewer.zone, ...Object.fromEntries(searchParams) }
    const { list, item } = slice
    if (id && item) return item.view(await this.#read((db) => item.load(db, decodeURIComponent(id), this.#app, asked)), viewer)
    const query = check(list.query, asked)
    return list.view(await this.#readList(slice, query, 'update', (db, query) => list.load(db, query, this.#app)), query, viewer)
  }

  /** A page of the shell with nothing live in it. */
  bare = async (c: Context<Env>, title: string, body: string, { status, at, bundles }: Bare = {}): Promise<Response> => {
    const slice = this.slices.find(({ noun: { many } }) => many === at || c.req.path.split('/').includes(many))
    const { seq, sidebar } = await this.#read(async (db) => ({ seq: await head(db), sidebar: await sidebarOf(this.slices, db) }))
    return this.#document(c, { slice, title, seq, sidebar, body, viewer: viewerOf(this.#app, c), status, bundles })
  }

  async partial(c: Context<Env>, slice: AnySlice, query: unknown): Promise<Response> {
    const { list, noun } = slice
    const render = async () =>
      list.view(await this.#readList(slice, query, 'update', (db, query) => list.load(db, query, this.#app)), query, viewerOf(this.#app, c))
    return this.#keptAs(c, noun.many, render)
  }

  async list(c: Context<Env>, slice: AnySlice, query: unknown): Promise<Response> {
    const { list } = slice
    if (hasProblem(query)) throw query.problem
    const { data, seq } = await this.#readList(slice, query, 'program', async (db, query) => ({
      data: await list.load(db, query, this.#app),
      seq: await head(db),
    }))
    const { items, next, ...rest } = data
    return c.json({ epoch: this.#app.epoch, seq, items, next, ...rest }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  async itemPage(c: Context<Env>, slice: AnySlice, id: string): Promise<Response> {
    const view = itemOf(slice)
    const { noun } = slice
    const viewer = viewerOf(this.#app, c)
    const { item, seq, sidebar } = await this.#read(async (db) => ({
      item: await view.load(db, id, this.#app, queryOf(c)),
      seq: await head(db),
      sidebar: await sidebarOf(this.slices, db),
    }))
    const title = view.title(item)
    const part = encodeURIComponent(id)
    const watched = [...new Set([`${noun.one}:${id}`, ...(view.watches?.(item) ?? [])])]
    const frame = {
      name: `${noun.one}-${part}`,
      href: `/ui/${noun.many}/${part}${searchOf(c)}`,
      event: view.fresh === 'as list' ? eventOf(slice) : watched.map((subject) => `sse:${subject}-changed`).join(', '),
      label: title,
      body: view.view(item, viewer),
    }
    const body = panelFrame(frame) + ((await view.below?.(item, queryOf(c), this.#app)) ?? '')
    return this.#document(c, {
      slice,
      title,
      seq,
      sidebar,
      body,
      viewer,
      bundles: view.bundles,
      watch: view.fresh === 'as list' ? [noun.many] : watched,
    })
  }

  async itemPartial(c: Context<Env>, slice: AnySlice, id: string): Promise<Response> {
    const view = itemOf(slice)
    const { fresh } = view
    const about = fresh === 'as list' ? this.#versionOf(slice.noun.many) : await headAbout(this.#app.db, `${slice.noun.one}:${id}`)
    const beside = typeof fresh === 'function' ? fresh(id, this.#app) : 0
    const render = async () => view.view(await this.#read((db) => view.load(db, id, this.#app, queryOf(c))), viewerOf(this.#app, c))
    return this.#cached(c, `${encodeURIComponent(id)}.${about}.${beside}`, render)
  }

  async item(c: Context<Env>, slice: AnySlice, id: string): Promise<Response> {
    const view = itemOf(slice)
    const { item, seq } = await this.#read(async (db) => ({ item: await view.load(db, id, this.#app, queryOf(c)), seq: await head(db) }))
    return c.json({ epoch: this.#app.epoch, seq, item: view.json?.(item) ?? item }, 200, { 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  /** What a first look needs, read at one seq: a client follows it with the stream from there. */
  async state(c: Context<Env>): Promise<Response> {
    const state = await this.#read(async (db) => {
      const parts: Record<string, unknown> = {}
      for (const { noun, state } of this.slices) if (state) parts[noun.many] = await state(db, this.#app)
      return { seq: await head(db), counts: await countsOf(db), ...parts }
    })
    const { epoch, clock } = this.#app
    const headers = { 'X-Live-Seq': cursorAt(this.#app, state.seq) }
    return c.json({ epoch, server_time: new Date(clock.now()).toISOString(), ...state }, 200, headers)
  }

  /** `?at=tasks`: the sidebar's entries with their counts. */
  async nav(c: Context<Env>): Promise<Response> {
    const { at = '', link = '' } = c.req.query()
    const render = async () => navItems(navEntries(this.slices, await this.#read((db) => sidebarOf(this.slices, db)), at, link))
    return this.#keptAs(c, 'nav', render)
  }

  async #document(c: Context<Env>, { slice, title, seq, sidebar, body, viewer, watch, status = 200, bundles = [] }: Page) {
    const { epoch, assets, config } = this.#app
    const searched = this.slices.find(({ search }) => search)
    const html = layout({
      title,
      path: c.req.path,
      slice: slice?.noun.many,
      nav: navEntries(this.slices, sidebar, slice?.noun.many, c.req.path + searchOf(c)),
      viewer,
      live: { seq, epoch, ...(watch && { watch }) },
      build: assets.build,
      assets: assets.url,
      ...assets.of(slice ? [slice.noun.many, ...bundles] : bundles),
      environment: config.environment,
      palette: placeholderOf(this.slices),
      create: this.slices.map(({ create }) => create).find((create) => create && viewer.may(create.may)),
      search: searched && { href: `/${searched.noun.many}`, label: searched.search as string },
      body,
    })
    return compressed(c, html, status, { 'Cache-Control': 'no-store', 'X-Live-Seq': cursorAt(this.#app, seq) })
  }

  /** The version of this partial is known at any moment, so equal requests may take the fast lane. The lane keeps nothing of this request. */
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

  /** The cache key of a partial, and its full version: it also depends on the viewer's role and zone, the build and the minute. */
  #place(c: Context<Env>): { key: string; full: (version: string) => string } {
    const { epoch, clock } = this.#app
    const { build } = this.#app.assets
    const { role } = c.get('actor')
    const zone = zoneOf(c)
    // What a view says of time (today, the last hour, since:2h) changes with no event.
    const minute = () => Math.floor(clock.now() / MINUTE_MS)
    return { key: `${role} ${zone} ${c.req.path}${searchOf(c)}`, full: (version) => `${version}.${minute()}.${role}.${zone}.${epoch}.${build}` }
  }

  /** Of a slice by its name, or of another topic of the hub. */
  #versionOf(topic: string): string {
    const app = this.#app
    const slice = this.slices.find(({ noun }) => noun.many === topic)
    const inPlace = slice && isStale(slice.fresh) ? slice.fresh.inPlace?.(app) : undefined
    return [app.hub.version(topic), slice && pulseOf(slice)?.version(app), inPlace].filter((part) => part !== undefined).join('.')
  }

  #read<T>(read: (db: Db) => Promise<T>): Promise<T> {
    return snapshot(this.#app.db, read)
  }

  /** A list whose query may take long is read where it holds up no other page. */
  async #readList<T>({ list }: AnySlice, asked: unknown, by: ListReader, read: (db: Db, query: unknown) => Promise<T>): Promise<T> {
    const query = list.prepare ? await list.prepare(asked, this.#app, by) : asked
    return snapshot(list.isLong?.(query) ? this.#app.database.pool : this.#app.db, (db) => read(db, query))
  }
}

/** What is drawn in the layout; `watch` are further topics of the hub. */
interface Page {
  slice: AnySlice | undefined
  title: string
  seq: number
  sidebar: Sidebar
  body: string
  viewer: Viewer
  watch?: readonly string[]
  status?: 200 | 422 | undefined
  bundles?: readonly string[] | undefined
}

/** A query that cannot be read as it was meant: its page says so in place, a machine is refused. */
const hasProblem = (query: unknown): query is { problem: Problem } => (query as { problem?: unknown } | null)?.problem instanceof Problem

/** The nudges on which a slice's pages ask again. */
function eventOf(slice: AnySlice): string {
  const { many } = slice.noun
  return [isStale(slice.fresh) && `sse:${many}-changed`, pulseOf(slice) && `sse:${many}-pulse`].filter(Boolean).join(', ')
}

function itemOf({ item, title }: AnySlice): ItemView<unknown> {
  if (!item) throw notFound(`${title} have no page of their own.`)
  return item
}

const searchOf = (c: Context) => new URL(c.req.url).search
