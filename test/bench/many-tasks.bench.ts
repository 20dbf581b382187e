import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configFrom } from '../../src/config/config.ts'
import { openFile } from '../../src/db/sqlite/dialect.ts'
import { migrate } from '../../src/db/sqlite/migrate.ts'
import { trustSocket } from '../../src/http/gate/gate.ts'
import { createSite, type Telltale } from '../../src/site.ts'
import { slices } from '../../src/slices.ts'

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

/** The program without its sockets; requests come from its owner. */
class Server {
  readonly #app: Telltale
  readonly #socket = {}

  constructor(app: Telltale) {
    this.#app = app
    trustSocket(this.#socket)
  }

  async shows(path: string, text: string) {
    if (!(await this.#ask(path)).includes(text)) throw new Error(`${path} does not show ${text}`)
  }

  // biome-ignore lint/suspicious/noExplicitAny: a bench reads what it expects and fails where that is not there
  async post(path: string, body: object): Promise<any> {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return JSON.parse(await this.#ask(path, init))
  }

  async #ask(path: string, init: RequestInit = {}): Promise<string> {
    const answer = await this.#app.http.request(`http://telltale${path}`, init, { incoming: { socket: this.#socket, rawHeaders: [], url: path } })
    const text = await answer.text()
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${text}`)
    return text
  }
}

async function filled(tasks: number): Promise<Telltale> {
  const data = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  process.on('exit', () => rmSync(data, { recursive: true, force: true }))
  const path = join(data, 'telltale.db')
  const file = openFile(path)
  migrate(file)
  const insert =
    file.prepare(`insert into tasks (title, description, command, argv, queue, urgency, priority, created_by, state, reason, max_attempts, idempotent, lease_ttl_ms, run_at, created_at)
    values (?, '', 'true', '["true"]', ?, 'medium', 0, 'bench', ?, 'because', 1, 0, 20000, 0, ?)`)
  const states = ['queued', 'succeeded', 'failed', 'cancelled']
  file.transaction(() => {
    for (let i = 0; i < tasks; i++) insert.run(`Task number ${i}`, `queue-${i % 7}`, states[i % 4], 1_790_000_000_000 + i)
  })()
  file.close()
  const silent = { request() {}, info() {}, error: console.error }
  return createSite({ config: { ...configFrom([], {}), data, workers: 0 }, file: path, slices, log: silent })
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
