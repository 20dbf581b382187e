import { setTimeout as pause } from 'node:timers/promises'
import { UnusableServer } from '../engine/failure.ts'
import { connect } from './connect.ts'

/** The lock of a process that was killed is free once the server has noticed. */
const PATIENCE_MS = 5_000
const AGAIN_MS = 250

/** Makes this the only server on the database for as long as its connection lasts; takes the lock again when that breaks. Throws UnusableServer. */
export async function lockDatabase(url: string): Promise<{ release(): Promise<void> }> {
  await refusePooler(url)
  let isReleased = false
  let client = await locked(url)
  const retake = async () => {
    while (!isReleased) {
      try {
        client = await locked(url)
        client.once('end', retake)
        return
      } catch {
        await pause(PATIENCE_MS, undefined, { ref: false })
      }
    }
  }
  client.once('end', retake)
  return {
    async release() {
      isReleased = true
      await client.end()
    },
  }
}

/** A pooler that lends connections to the server for a transaction each would give our lock to others. */
async function refusePooler(url: string) {
  const [mine, other] = await Promise.all([connect(url), connect(url)])
  try {
    const pids = []
    for (const client of [mine, other, mine, mine]) pids.push((await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid)
    const [first, others, ...later] = pids
    if (first !== others && later.every((pid) => pid === first)) return
  } finally {
    await Promise.all([mine.end(), other.end()])
  }
  throw new UnusableServer(`a connection pooler in transaction mode is at ${mine.host}:${mine.port}; name the database server itself, or use session mode`)
}

async function locked(url: string) {
  const client = await connect(url)
  for (const deadline = performance.now() + PATIENCE_MS; ; await pause(AGAIN_MS)) {
    const { rows } = await client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock(8355, 3) AS "isOurs"')
    if (rows[0]?.isOurs) return client
    if (performance.now() > deadline) break
  }
  await client.end()
  throw new UnusableServer('another telltale server uses this database')
}
