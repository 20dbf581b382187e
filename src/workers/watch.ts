import { GRACE } from '../db/index.ts'
import { pauses } from '../leases/leases.ts'
import { contacts } from '../leases/presence.ts'
import type { App } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import { every } from '../time/every.ts'
import * as lifecycle from './lifecycle.ts'
import { find } from './processes.ts'
import { launch, restart, STOPPED_WITH_SERVER, supervisor } from './supervisor.ts'
import { ALIVE, isAlive, type WorkerState } from './words.ts'
import { rotate } from './worker-log.ts'
import { toWorker } from './workers.ts'

const LOOK_MS = 1_000
const ROTATE_MS = 5_000

/** Launches the configured workers and watches all, until the returned function is called. */
export function watch(app: App): () => Promise<void> {
  const failed = (error: unknown) => app.log.error('watching the workers failed', error)
  const look = () => {
    pauses(app).look()
    return loseSilent(app)
  }
  const stops = [every(LOOK_MS, look, failed), every(ROTATE_MS, () => rotate(app.config), failed)]
  const launched = launchMissing(app).catch(failed)
  return async () => {
    await Promise.all([launched, ...stops.map((stop) => stop())])
    await supervisor(app).stop()
  }
}

/** A killed server leaves its workers running, so only missing ones are launched. */
async function launchMissing(app: App) {
  const missing = Math.max(0, app.config.workers - (await adopt(app)))
  const wanted = { queues: [...app.config['worker-queues']], concurrency: 1 }
  const again = await stoppedWithServer(app, wanted, missing)
  for (const id of again) await restart(app, { actor: TELLTALE }, id)
  for (let i = again.length; i < missing; i++) await launch(app, { actor: TELLTALE }, wanted)
}

/** Workers that only the server's stop ended: they are started again rather than added to. */
async function stoppedWithServer(app: App, { queues, concurrency }: { queues: string[]; concurrency: number }, most: number): Promise<string[]> {
  const rows = await app.db
    .selectFrom('workers')
    .select('id')
    .where('kind', '=', 'local')
    .where('state', '=', 'stopped')
    .where('reason', '=', STOPPED_WITH_SERVER)
    .where('queues', '=', JSON.stringify(queues))
    .where('concurrency', '=', concurrency)
    .where('deleted_at', 'is', null)
    .orderBy('number')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

/** Adopts launched workers that outlived a killed server, and marks the others as lost. Returns how many live. */
async function adopt(app: App): Promise<number> {
  const rows = await app.db
    .selectFrom('workers')
    .selectAll()
    .where(({ or, eb }) => or([eb('state', 'in', ALIVE), eb('pid', 'is not', null), eb('transient', 'is not', null)]))
    .where('deleted_at', 'is', null)
    .execute()
  let alive = 0
  for (const row of rows) {
    const { id, kind, state, pid, transient } = toWorker(row)
    contacts(app).note(id)
    if (kind !== 'local') continue
    if (transient === 'restarting' && !isAlive(state)) await lifecycle.failTransient(app, id, 'the server stopped during the restart')
    const found = find(app.config, id, pid)
    if (found) supervisor(app).mind(id, found)
    else await lifecycle.ended(app, id, 'its process was gone when the server started')
    if (found && isAlive(state)) alive++
  }
  return alive
}

/** Marks workers as lost after 1.25 leases of silence, and ends the stop of a remote one that never says goodbye. */
export async function loseSilent(app: App) {
  const workers = await app.db
    .selectFrom('workers')
    .select(['id', 'state'])
    .where(({ or, and, eb }) => or([eb('state', 'in', ALIVE), and([eb('transient', 'is not', null), eb('kind', '=', 'remote')])]))
    .where('deleted_at', 'is', null)
    .execute()
  const silences = await contacts(app).silences(workers.map(({ id }) => id))
  const most = app.config['lease-ms'] * (1 + GRACE)
  for (const { id, state } of workers) {
    const ms = silences.get(id) ?? 0
    if (ms <= most) continue
    const why = `it was silent for ${Math.round(ms / 1000)} s`
    if (isAlive(state as WorkerState)) await lifecycle.lose(app, id, most, why)
    else await lifecycle.failTransient(app, id, why)
  }
}
