import { filled, Server } from './support/filled.ts'
import { median } from './support/process.ts'

export const question =
  'Is the server slower with 100,000 tasks than with 1,000? The ms of each response, and of all responses in the life of a task. (Aim: a ratio under 1.5.)'

const ROUNDS = 5
const TIMES = 40

/** Each has its own URL, so that none comes from the cache. */
const ACTS: Record<string, (server: Server, fresh: string) => Promise<unknown>> = {
  '/ui/tasks': (server, fresh) => server.shows(`/ui/tasks?fresh=${fresh}`, 'Task number'),
  '/ui/tasks?state=failed': (server, fresh) => server.shows(`/ui/tasks?state=failed&fresh=${fresh}`, 'Task number'),
  '/ui/home': (server, fresh) => server.shows(`/ui/home?fresh=${fresh}`, 'queue-3'),
  '/ui/queues': (server, fresh) => server.shows(`/ui/queues?fresh=${fresh}`, 'queue-3'),
  'a task made, claimed, run and finished': life,
}

/** Each size in turn, over several rounds, so that a noisy neighbour hits both. */
export async function measure() {
  const [few, many] = [new Server(await filled(1_000)), new Server(await filled(100_000))]
  for (const server of [few, many]) await server.post('/api/workers', { name: 'bench', queues: ['bench'] })
  const table: Record<string, object> = {}
  for (const [name, act] of Object.entries(ACTS)) {
    const times = { few: [] as number[], many: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      times.few.push(...(await timesOf(few, act, round)))
      times.many.push(...(await timesOf(many, act, round)))
    }
    const [a, b] = [median(times.few), median(times.many)]
    table[name] = { '1,000 tasks': a.toFixed(2), '100,000 tasks': b.toFixed(2), ratio: (b / a).toFixed(2) }
  }
  return table
}

async function timesOf(server: Server, act: (typeof ACTS)[string], round: number): Promise<number[]> {
  const times = []
  for (let i = 0; i < TIMES; i++) {
    const since = performance.now()
    await act(server, `${round}.${i}`)
    times.push(performance.now() - since)
  }
  return times
}

async function life(server: Server, fresh: string) {
  const { item } = await server.post('/api/tasks', { title: 'one more', command: 'true', queue: 'bench', unique_key: fresh })
  const { fence } = await server.post('/api/tasks/claim', { worker_id: 'w_1' })
  await server.post(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
  await server.post(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code: 0 })
}
