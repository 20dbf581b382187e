import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Wire } from '../../src/client/wire.js'
import { until } from '../support/process.ts'
import { type Acked, Loader, send } from './load.ts'
import { removeFolder, serve, temporaryFolder } from './server.ts'
import { type Findings, verify } from './verify.ts'

export interface CrashReport extends Findings {
  rounds: number
  acked: number
  /** Acknowledged changes per second, while there was a server. */
  rate: number
  /** Requests that were repeated after a crash, and answered. */
  repeated: number
  restartP50Ms: number
  /** The most changes that were seen in one transaction, shortly before a kill. */
  largestGroup: number
  /** The database of the stopped server, and its acknowledged changes. */
  path: string
  promises: Acked[]
  remove(): void
}

const CLIENTS = 16
/** How many acknowledged changes of each round are repeated after the crash. */
const SAMPLE = 20
/** The minimum number of acknowledged changes before each kill. */
export const LEAST_ACKED = 50
const SHORTEST_MS = 150
const LONGEST_MS = 900

const ackedBy = (loaders: readonly Loader[]) => loaders.reduce((sum, { acked }) => sum + acked.length, 0)

async function largestOf(client: Wire): Promise<number> {
  const { body } = await client.call<{ database: { largest_group: number } }>('GET', '/api/hub')
  return body.database.largest_group
}

/** Kills a loaded server repeatedly at random moments, and verifies the database. */
export async function crash(rounds: number): Promise<CrashReport> {
  const data = temporaryFolder()
  const loaders = Array.from({ length: CLIENTS }, () => new Loader())
  const restarts: number[] = []
  const broken: string[] = []
  let loadedMs = 0
  let repeated = 0
  let largestGroup = 0
  for (let round = 0; round < rounds; round++) {
    const server = await serve(data)
    restarts.push(server.startedInMs)
    for (const loader of loaders) await loader.settle(server.client)
    for (const promise of loaders.flatMap(({ acked }) => acked.slice(-SAMPLE / CLIENTS - 1))) {
      const { seq } = await send(server.client, promise)
      if (seq !== promise.seq) broken.push(`${promise.kind} of ${promise.task} was promised seq ${promise.seq}, and then ${seq}`)
      repeated++
    }
    const began = performance.now()
    const over = new AbortController()
    const load = Promise.all(loaders.map((loader) => loader.run(server.client, over.signal)))
    const before = ackedBy(loaders)
    try {
      await Promise.race([load, pause(SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS))])
      // A kill proves something only under load, however slow the machine is.
      await Promise.race([load, until(() => ackedBy(loaders) >= before + LEAST_ACKED)])
      largestGroup = Math.max(largestGroup, await largestOf(server.client))
    } finally {
      loadedMs += performance.now() - began
      await server.end('SIGKILL')
      over.abort()
    }
    await load
  }
  const last = await serve(data)
  for (const loader of loaders) await loader.settle(last.client)
  await last.end('SIGTERM')

  const path = join(data, 'telltale.db')
  const promises = loaders.flatMap(({ acked }) => acked)
  const findings = verify(path, promises)
  return {
    ...findings,
    doubled: [...findings.doubled, ...broken],
    rounds,
    acked: promises.length,
    rate: Math.round(promises.length / (loadedMs / 1000)),
    repeated,
    largestGroup,
    restartP50Ms: Math.round(restarts.sort((a, b) => a - b)[restarts.length >> 1] ?? 0),
    path,
    promises,
    remove: () => removeFolder(data),
  }
}
