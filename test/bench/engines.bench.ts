import { startPostgres } from '../support/postgres.ts'
import { Child, median } from './support/process.ts'

export const question = `How many tasks a second can be created by 1 and by 16 writers, and claimed and finished by 8 workers, on PostgreSQL
compared with SQLite? Both on this disk.`

const ROUNDS = 5
const MS = 1_500

/** In the order in which they run: what is claimed was created before. */
const ACTS = {
  'created by 1 writer': ['ours', { writers: 1, ms: MS }],
  'created by 16 writers': ['ours', { writers: 16, ms: MS }],
  'claimed and finished by 8 workers': ['claims', { claimers: 8, ms: MS / 3 }],
} as const

/** Each engine in turn, over several rounds, so that a noisy neighbour hits both. */
export async function measure() {
  const server = await startPostgres({ settings: [] })
  await server.query('CREATE DATABASE bench')
  const [sqlite, postgres] = [await Child.start('writers.ts'), await Child.start('writers.ts', server.url('bench'))]
  const table: Record<string, object> = {}
  for (const [act, [name, argument]] of Object.entries(ACTS)) {
    const rounds: { sqlite: number; postgres: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const perSecond = async (child: Child) => (await child.call<{ perSecond: number }>(name, argument)).perSecond
      rounds.push({ sqlite: await perSecond(sqlite), postgres: await perSecond(postgres) })
    }
    const of = (rate: (round: (typeof rounds)[number]) => number) => median(rounds.map(rate))
    table[act] = {
      'SQLite, per second': of((round) => round.sqlite).toFixed(0),
      'PostgreSQL, per second': of((round) => round.postgres).toFixed(0),
      ratio: of((round) => round.postgres / round.sqlite).toFixed(2),
    }
  }
  for (const child of [sqlite, postgres]) child.stop()
  await server.stop()
  return table
}
