import type { Config } from './config/config.ts'
import { type Declared, openDatabase } from './db/index.ts'
import { PROBE_MS, Storage } from './db/storage.ts'
import { inbox } from './intake/inbox.ts'
import { upstreams } from './intake/upstream/upstreams.ts'
import type { App } from './live/app.ts'
import { firehose } from './live/firehose.ts'
import { Hub, type Topic } from './live/hub.ts'
import { Streams } from './live/stream.ts'
import { type Permissions, TELLTALE } from './log/actor.ts'
import type { Kinds } from './log/kinds.ts'
import { epochOf, head, headOf, labelOf } from './log/log.ts'
import { mutator, type Tx } from './log/mutate.ts'
import { type ServerLog, serverLog } from './server-log.ts'
import { type Clock, SYSTEM_CLOCK } from './time/clock.ts'
import { every } from './time/every.ts'

export interface Deps {
  config: Config
  /** The database file. */
  file: string
  /** Whatever goes stale by events. */
  topics: readonly Topic[]
  kinds: Kinds
  permissions: Permissions
  declared: Declared
  clock?: Clock | undefined
  log?: ServerLog | undefined
}

/** The rooms below HTTP, connected; nothing runs yet. */
export async function createApp({
  config,
  file,
  topics,
  kinds,
  permissions,
  declared,
  clock = SYSTEM_CLOCK,
  log = serverLog(config['log-format']),
}: Deps): Promise<App> {
  const database = await openDatabase(config['database-url'] ?? file, declared)
  const db = database.reader
  const epoch = await epochOf(db)
  const versions: Record<string, number> = {}
  for (const { name, staleOn } of topics) versions[name] = await headOf(db, staleOn, kinds)
  const hub = new Hub({ epoch, head: await head(db), topics, versions })
  const storage = new Storage(config.data)
  return {
    config,
    address: { port: config.port, label: await labelOf(db) },
    db,
    database,
    epoch,
    kinds,
    permissions,
    hub,
    mutate: mutator({ database, hub, clock, storage, log }),
    storage,
    streams: new Streams({ maxSeconds: config['stream-max-seconds'], perCaller: config['max-streams'] }, clock),
    clock,
    log,
  }
}

/** Starts what runs beside requests; the answer stops it, in reverse. */
export async function startApp(app: App): Promise<() => Promise<void>> {
  await inbox(app).start()
  await upstreams(app).start()
  const stopProbes = startProbes(app)
  return async () => {
    await stopProbes()
    await upstreams(app).stop()
    await inbox(app).stop()
  }
}

/** Ends every stream, after those who follow the log were told so. */
export async function endStreams(app: App) {
  firehose(app).stop()
  await app.streams.endAll()
}

export async function closeApp(app: App) {
  // A pending change must commit before the file is closed.
  await app.mutate({ actor: TELLTALE }, async () => {}).catch((error) => app.log.error('could not finish the last change', error))
  await app.database.close()
}

function startProbes(app: App): () => Promise<void> {
  const write = () => app.mutate({ actor: TELLTALE }, noteProbe)
  const failed = (error: unknown) => app.log.error('looking at the data folder failed', error)
  return every(PROBE_MS, () => app.storage.probe(write), failed)
}

const noteProbe = ({ db, now }: Tx) =>
  db
    .insertInto('meta')
    .values({ key: 'probed_at', value: String(now) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: String(now) }))
    .execute()
