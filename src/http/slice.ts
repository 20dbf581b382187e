import type { Hono } from 'hono'
import type { ZodType } from 'zod'
import type { Badge, Group, Link } from '../../views/shell/nav.tsx'
import type { Viewer } from '../../views/viewer.ts'
import type { Db, Window } from '../db/index.ts'
import type { Actor } from '../log/actor.ts'
import type { Route } from './route.ts'
import type { Site } from './site.ts'

/** Variables that the gate puts on every admitted request. */
export type Env = { Variables: { actor: Actor; requestId: string; body?: Record<string, unknown> } }
export type Router = Hono<Env>

/** The counters table by noun and state, summed over queues: `counts.tasks.failed`. */
export type Counts = Record<string, Record<string, number>>

/** One thing of the panel's noun: page `/tasks/t_9`, partial `/ui/tasks/t_9`, JSON `/api/tasks/t_9`. */
export interface ItemView<Item> {
  /** An id, for documentation. */
  example: string
  title(item: Item): string
  /** `query` is what the page's URL says beside the thing. Throws Problem not_found. */
  load(db: Db, id: string, app: Site, query: Record<string, string>): Promise<Item>
  view(item: Item, viewer: Viewer): string
  /** Stands below the live region and is never swapped with it, such as a log that keeps itself up to date. */
  below?(item: Item, query: Record<string, string>, app: Site): Promise<string>
  /** It has no events of its own: its page is told whenever its panel is. */
  isLiveAsPanel?: boolean
  /** Moves when the view shows something beside the item's own events. */
  version?(id: string, app: Site): string | number
  /** What JSON answers as `item`; default: what was loaded. */
  json?(item: Item): unknown
}

/**
 * A slice, seen from the shell. From this one definition follow the nav entry, the page `/<name>`, the partial
 * `/ui/<name>`, the list `/api/<name>`, the stream's `<name>-changed` event and the stylesheet `css/<name>.css`.
 */
export interface Panel<Data extends Window<unknown> = Window<unknown>, Query = unknown, Item = unknown> {
  name: string
  title: string
  group: Group
  /** Event kinds, or prefixes ending in a dot, that make the panel stale. */
  staleOn: readonly string[]
  /** Only the pages that show it hear that it is stale: it changes often, and nothing else counts on it. */
  isQuiet?: boolean
  /** For what moves without an event: the pages that show it ask again when its version has changed, not at each event unless `andEvents`. */
  pulse?: { ms: number; version(app: Site): string | number; andEvents?: boolean }
  /** A version of what pages update in place, without an event; it only invalidates the cache. */
  moves?(app: Site): number
  /** Filter, sort and cursor, parsed from the URL's query, so that every view is a link. It may carry a `problem` that the page shows in place. */
  query: ZodType<Query>
  load(db: Db, query: Query, app: Site): Promise<Data>
  view(data: Data, query: Query, viewer: Viewer): string
  /** Stands above the live region and is never swapped: a form, a filter. */
  head?(query: Query, viewer: Viewer, data: Data): string
  item?: ItemView<Item>
  badge?(counts: Counts): Badge | undefined
  /** Links of its own below its entry in the sidebar, such as saved views. */
  links?(db: Db): Promise<readonly Link[]>
  /** Its part of `GET /api/state`: what a first look at everything needs of it. */
  state?(db: Db, app: Site): Promise<unknown>
  /** What else it can be asked for. */
  routes?: readonly Route[]
  /** Called once, before anything changes: for what counts from the beginning. */
  init?(app: Site): void
  /** Starts what runs beside requests (a reaper, a supervisor); the answer stops it. */
  start?(app: Site): () => void | Promise<void>
}
