import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { Database, Db } from '../db/index.ts'
import type { AccessLog } from '../http/access-log.ts'
import type { Env } from '../http/panel.ts'
import type { CacheStats } from '../http/render-cache.ts'
import type { Hub } from './hub.ts'
import type { Mutate } from './mutate.ts'
import type { Storage } from './storage.ts'
import type { Streams } from './stream.ts'

/** What a running server is made of. A slice is handed this and nothing else. */
export interface App {
  config: Config
  /** Where it listens (the port is known once it does), and the name that only this data folder's server has in browsers. */
  address: { port: number; label: string }
  db: Db
  database: Database
  /** Names one unbroken run of the event counter; changes when the counter cannot go on. */
  epoch: string
  mutate: Mutate
  hub: Hub
  streams: Streams
  storage: Storage
  clock: Clock
  log: AccessLog
  /** The partial that a page's path and query show, as whoever asks may see it. */
  render(c: Context<Env>, path: string): Promise<string>
  /** A page of the shell around `body`, with nothing live in it: a confirm step, a form that was refused. */
  bare(c: Context<Env>, title: string, body: string, status?: 200 | 422): Promise<Response>
  /** How often partials were rendered, and how often that was not needed. */
  readonly renders: CacheStats
  /** The URLs of the stylesheets, in order. */
  stylesheets: readonly string[]
  /** Changes with the code and the assets, so that a page can tell that it is out of date. */
  build: string
}

/** Time is passed in, so that a test can move it. */
export interface Clock {
  /** Wall time in ms since 1970: for what people read. */
  now(): number
  /** Monotonic ms: for leases and deadlines. */
  elapsed(): number
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), elapsed: () => performance.now() }

/** One `T` for each app, made when it is first asked for: a slice's own state beside the database. */
export function perApp<T>(make: (app: App) => T): (app: App) => T {
  const made = new WeakMap<App, T>()
  return (app) => {
    let it = made.get(app)
    if (it === undefined) {
      it = make(app)
      made.set(app, it)
    }
    return it
  }
}
