import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, type Telltale } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import { openFile } from '../../src/db/dialect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { trustSocket } from '../../src/http/gate.ts'
import { panels } from '../../src/panels.ts'

export const question = 'Does /ui/tasks take longer with 100,000 tasks than with 1,000? (ms a render; the aim is a ratio under 1.5)'

const ROUNDS = 5
const RENDERS = 60

/** Each size in turn, over several rounds, so that a noisy neighbour hits both. */
export async function measure() {
  const [few, many] = [await filled(1_000), await filled(100_000)]
  const times = { few: [] as number[], many: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    times.few.push(...(await renders(few, round)))
    times.many.push(...(await renders(many, round)))
  }
  const [a, b] = [median(times.few), median(times.many)]
  return { '1,000 tasks': a.toFixed(2), '100,000 tasks': b.toFixed(2), ratio: (b / a).toFixed(2) }
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
  return createApp({ config: { ...configFrom([], {}), data, workers: 0 }, file: path, panels, log: silent })
}

/** Each asks for a URL of its own, so that none is answered from the cache. */
async function renders(app: Telltale, round: number): Promise<number[]> {
  const socket = {}
  trustSocket(socket)
  const times = []
  for (let i = 0; i < RENDERS; i++) {
    const path = `/ui/tasks?state=${i % 2 ? 'failed' : ''}&fresh=${round}.${i}`
    const since = performance.now()
    const answer = await app.http.request(`http://telltale${path}`, {}, { incoming: { socket, rawHeaders: [], url: path } })
    if (answer.status !== 200 || !(await answer.text()).includes('Task number')) throw new Error(`the list was not rendered: ${answer.status}`)
    times.push(performance.now() - since)
  }
  return times
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
