import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { Database, Db } from '../db/index.ts'
import type { Env } from '../http/panel.ts'
import type { CacheStats } from '../http/render-cache.ts'
import type { Hub } from './hub.ts'
import type { Mutate } from './mutate.ts'
import type { ServerLog } from './server-log.ts'
import type { Storage } from './storage.ts'
import type { Streams } from './stream.ts'

export interface App {
  config: Config
  /** Where it listens (the port is known once it does), and the host label that only this data folder has. */
  address: { port: number; label: string }
  db: Db
  database: Database
  /** Names one unbroken run of the event counter; changes when the counter cannot continue. */
  epoch: string
  mutate: Mutate
  hub: Hub
  streams: Streams
  storage: Storage
  clock: Clock
  log: ServerLog
  render(c: Context<Env>, path: string): Promise<string>
  /** A page of the shell around `body` without live parts: a confirmation, or a form with errors; it belongs to `panel`, else to the one in its path. */
  bare(c: Context<Env>, title: string, body: string, status?: 200 | 422, panel?: string): Promise<Response>
  readonly renders: CacheStats
  stylesheets: readonly string[]
  /** Changes with the code and the assets, so that an open page knows that it is out of date. */
  build: string
}

export interface Clock {
  now(): number
  elapsed(): number
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), elapsed: () => performance.now() }

/** One `T` per app, made on first use: a slice's own state beside the database. */
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
