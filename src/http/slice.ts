import type { Hono } from 'hono'
import type { ZodType } from 'zod'
import type { Choice, ChoiceSection } from '../../views/palette/choice.tsx'
import type { Shortcut } from '../../views/palette/shortcuts.ts'
import type { Badge, Group, Link } from '../../views/shell/nav.tsx'
import type { IconName } from '../../views/ui/icon.tsx'
import type { Viewer } from '../../views/viewer.ts'
import type { Counter, Db, Declared, Migration, Window } from '../db/index.ts'
import type { App } from '../live/app.ts'
import type { Action, Actions, Actor } from '../log/actor.ts'
import type { Kind } from '../log/kinds.ts'
import type { Route } from './route.ts'
import type { Site } from './site.ts'

/** Variables that the gate puts on every admitted request. */
export type Env = { Variables: { actor: Actor; requestId: string; body?: Record<string, unknown> } }
export type Router = Hono<Env>

/** The counters table by noun and state, summed over queues: `counts.tasks.failed`. */
export type Counts = Record<string, Record<string, number>>

/** `{ one: 'task', many: 'tasks' }`: the page `/tasks`, the subject `task:t_9`, the nudge `tasks-changed`. */
export interface Noun {
  one: string
  many: string
}

/** Pages ask again when `version` has changed, which is looked at every `everyMs`: for what moves without an event, or too often. */
export interface Pulse {
  everyMs: number
  version(app: Site): string | number
  /** The events behind it: a page that connects late, or again, learns from them whether it missed something. */
  on?: readonly string[]
}

/** Event kinds, or prefixes ending in a dot, at which pages ask again. */
export interface Stale {
  on: readonly string[]
  /** Only its own pages hear of it: it changes often, and no count depends on it. */
  quiet?: boolean
  /** Beside the events. */
  pulse?: Pulse
  /** A version of what pages update in place, without asking again. */
  inPlace?(app: Site): number
}

/** A page that was asked for, one that updates itself, or a program. */
export type ListReader = 'page' | 'update' | 'program'

export interface ListView<Data extends Window<unknown>, Query> {
  /** Filter, sort and cursor, parsed from the URL, so that every view is a link. It may carry a `problem` that the page shows in place. */
  query: ZodType<Query>
  /** True if such a query may take long, as a search does: it is read in a thread. */
  isLong?(query: Query): boolean
  /** What takes long elsewhere than in the database, before that is read. The answer is the query to load. */
  prepare?(query: Query, app: Site, by: ListReader): Promise<Query>
  load(db: Db, query: Query, app: Site): Promise<Data>
  view(data: Data, query: Query, viewer: Viewer): string
  /** Stands above the live region and is never swapped: a form, a filter. */
  head?(query: Query, viewer: Viewer, data: Data): string
}

/** One thing of the slice: page `/tasks/t_9`, partial `/ui/tasks/t_9`, JSON `/api/tasks/t_9`. */
export interface ItemView<Item> {
  /** An id, for documentation. */
  example: string
  title(item: Item): string
  /** `query` is the rest of the page's URL. Throws Problem not_found. */
  load(db: Db, id: string, app: Site, query: Record<string, string>): Promise<Item>
  view(item: Item, viewer: Viewer): string
  /** Stands below the live region and is never swapped with it, such as a log that keeps itself up to date. */
  below?(item: Item, query: Record<string, string>, app: Site): Promise<string>
  /** `as list`: it has no events of its own. Or a version of what its view shows beside its own events. */
  fresh?: 'as list' | ((id: string, app: Site) => string | number)
  /** Subjects whose events also make its page ask again. */
  watches?(item: Item): readonly string[]
  /** What its page loads besides the bundle of the slice: `public/css/<name>/` and `public/js/<name>.js`. */
  bundles?: readonly string[]
  /** What JSON answers as `item`; default: what was loaded. */
  json?(item: Item): unknown
}

/** What waits for a person, shown on Home. */
export interface Needs<Waiting> {
  load(db: Db, app: App): Promise<{ items: readonly Waiting[]; total: number }>
  /** Its lines. */
  view(waiting: { items: readonly Waiting[]; total: number }, viewer: Viewer): string
  all: Link
}

/** Where the palette was opened, and by whom. */
export interface Opened {
  /** The path of the page. */
  at: string
  viewer: Viewer
}

/** Its part of the command palette. */
export interface Find {
  /** What `q` finds; its order in the palette is that of the slices. */
  things(db: Db, q: string, opened: Opened): Promise<Omit<ChoiceSection, 'title'>>
  /** The thing whose id `q` is: it comes first of all. */
  byId?(db: Db, q: string, opened: Opened): Promise<Choice | undefined>
  /** What can be done with the thing whose page it is. */
  about?(db: Db, id: string, opened: Opened): Promise<Choice[]>
  /** What can be done on any page. */
  commands?(opened: Opened): Choice[]
}

/** A family of samples for Prometheus: a gauge, by its labels. */
export interface Metric {
  name: string
  help: string
  values: readonly (readonly [labels: Record<string, string>, value: number])[]
}

/**
 * A vertical slice, all that it says about itself. From this one definition follow its entry in the sidebar, its pages,
 * partials, JSON and streams, its part of the palette, of Home, of `/api` and of `/metrics`.
 */
export interface Slice<Data extends Window<unknown> = Window<unknown>, Query = unknown, Item = unknown, Waiting = unknown> {
  noun: Noun
  title: string
  icon: IconName
  group: Group
  /** The shortcut to its page, such as `g t`. */
  key?: string
  /** Further shortcuts of its pages. */
  keys?: readonly Shortcut[]
  events?: Readonly<Record<string, Kind>> | readonly Kind[]
  /** Which roles may do what: `{ 'tasks.operate': ['operator', 'admin'] }`. */
  actions?: Actions
  fresh: Stale | Pulse
  list: ListView<Data, Query>
  item?: ItemView<Item>
  /** What else it can be asked for. */
  routes?: readonly Route[]
  badge?(counts: Counts): Badge | undefined
  /** Links of its own below its entry in the sidebar, such as saved views. */
  links?(db: Db): Promise<readonly Link[]>
  needs?: Needs<Waiting>
  find?: Find
  /** Its list is what the top bar searches; the words on the box. */
  search?: string
  /** A page with the form for a new one; every page opens it in a sheet, by the key. Its partial is below `/ui`. */
  create?: { label: string; href: string; key: string; may: Action }
  /** Its part of `GET /api/state`. */
  state?(db: Db, app: Site): Promise<unknown>
  metrics?(app: Site): Promise<readonly Metric[]>
  /** Its tables, if they are not among the server's own. Applied once each, by name. */
  migrations?: readonly Migration[]
  /** Which of its rows are kept counted: `badge` gets the numbers. */
  counters?: readonly Counter[]
  /** A stylesheet for its pages, if that is not in `public/css/<many>/`, the bundle that all of them load. */
  stylesheet?: URL
  /** Called once, before anything changes: for what counts from the beginning. */
  init?(app: Site): void
  /** Starts what runs beside requests (a reaper, a supervisor); the answer stops it. */
  start?(app: Site): () => void | Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: each slice has its own data, query, item and needs; only it ever sees them
export type AnySlice = Slice<any, any, any, any>

export const isStale = (fresh: Stale | Pulse): fresh is Stale => !('everyMs' in fresh)

/** What of it moves without an event. */
export const pulseOf = ({ fresh }: AnySlice): Pulse | undefined => (isStale(fresh) ? fresh.pulse : fresh)

/** Whether only its own pages hear that it is stale. */
export const isQuiet = ({ fresh }: AnySlice): boolean => !isStale(fresh) || fresh.quiet === true

export const declaredBy = (slices: readonly AnySlice[]): Declared => ({
  migrations: slices.flatMap(({ migrations = [] }) => migrations),
  counters: slices.flatMap(({ counters = [] }) => counters),
})

/** Counts by state as the values of a metric. */
export const byState = (counts: Record<string, number>): Metric['values'] => Object.entries(counts).map(([state, count]) => [{ state }, count] as const)
