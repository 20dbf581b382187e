import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configFrom } from '../../../src/config/config.ts'
import { openFile } from '../../../src/db/sqlite/dialect.ts'
import { migrate } from '../../../src/db/sqlite/migrate.ts'
import { trustSocket } from '../../../src/http/gate/gate.ts'
import { createSite, type Telltale } from '../../../src/site.ts'
import { slices } from '../../../src/slices.ts'

/** The program without its sockets; requests come from its owner. */
export class Server {
  readonly app: Telltale
  readonly #socket = {}

  constructor(app: Telltale) {
    this.app = app
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
    const answer = await this.app.http.request(`http://telltale${path}`, init, { incoming: { socket: this.#socket, rawHeaders: [], url: path } })
    const text = await answer.text()
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${text}`)
    return text
  }
}

/** With this many tasks, of which a quarter is queued. */
export async function filled(tasks: number): Promise<Telltale> {
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
