import type { Config } from '../config/config.ts'
import type { Database, Db } from '../db/index.ts'
import type { Storage } from '../db/storage.ts'
import type { Permissions } from '../log/actor.ts'
import type { Kinds } from '../log/kinds.ts'
import type { Mutate } from '../log/mutate.ts'
import type { ServerLog } from '../server-log.ts'
import type { Clock } from '../time/clock.ts'
import type { Hub } from './hub.ts'
import type { Streams } from './stream.ts'

export interface App {
  config: Config
  /** The port is known once it listens; the label is unique to this data folder. */
  address: { port: number; label: string }
  db: Db
  database: Database
  epoch: string
  kinds: Kinds
  permissions: Permissions
  mutate: Mutate
  hub: Hub
  streams: Streams
  storage: Storage
  clock: Clock
  log: ServerLog
}

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
