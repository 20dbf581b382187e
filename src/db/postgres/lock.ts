import { setTimeout as pause } from 'node:timers/promises'
import { UnusableServer } from '../engine/failure.ts'
import { connect } from './connect.ts'

/** The lock of a process that was killed is free once the server has noticed. */
const PATIENCE_MS = 5_000
const AGAIN_MS = 250

/** Makes this the only server on the database for as long as its connection lasts; takes the lock again when that breaks. Throws UnusableServer. */
export async function lockDatabase(url: string): Promise<{ release(): Promise<void> }> {
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
