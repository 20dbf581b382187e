import { setTimeout as pause } from 'node:timers/promises'
import { type Db, snapshot } from '../../src/db/index.ts'
import { TaskFilter } from '../../src/tasks/search/filter.ts'
import { list } from '../../src/tasks/tasks.ts'
import { filled, Server } from './support/filled.ts'
import { median, percentile } from './support/process.ts'

export const question = `How long does a page of the queues take while two people search 100,000 tasks for two letters that occur nowhere: nobody
searches, they search on the connection of the pages, they search in the pool? (ms)`

const ROUNDS = 5
const TIMES = 40
const GAP_MS = 5
const NOWHERE = TaskFilter.parse({ q: 'zq' })

export async function measure() {
  const server = new Server(await filled(100_000))
  const { app } = server
  const ways: [string, Db | undefined][] = [
    ['nobody', undefined],
    ['on the connection of the pages', app.db],
    ['in the pool', app.database.pool],
  ]
  const times = new Map(ways.map(([name]) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, db] of ways) times.get(name)?.push(...(await timesWhile(server, db)))
  }
  return Object.fromEntries([...times].map(([name, ms]) => [name, { 'p50 ms': median(ms).toFixed(1), 'p99 ms': percentile(ms, 99).toFixed(1) }]))
}

let fresh = 0

/** How long after it was due each page had come, while two searches follow each other without a pause. */
async function timesWhile(server: Server, db: Db | undefined): Promise<number[]> {
  let isOver = false
  const search = async () => {
    while (!isOver && db) {
      await snapshot(db, (one) => list(one, NOWHERE, server.app.clock.now()))
      await new Promise(setImmediate) // as between two requests
    }
  }
  const searches = [search(), search()]
  const ms: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const due = performance.now() + GAP_MS
    await pause(GAP_MS)
    await server.shows(`/ui/queues?fresh=${fresh++}`, 'queue-3')
    ms.push(performance.now() - due)
  }
  isOver = true
  await Promise.all(searches)
  return ms
}
