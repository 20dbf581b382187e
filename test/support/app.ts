import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { type Config, configFrom } from '../../src/config/config.ts'
import { openDatabase } from '../../src/db/index.ts'
import { trustSocket } from '../../src/http/gate/gate.ts'
import { type AnySlice, declaredBy } from '../../src/http/slice.ts'
import { OWNER } from '../../src/log/actor.ts'
import type { Caller } from '../../src/log/mutate.ts'
import type { ServerLog } from '../../src/server-log.ts'
import { createSite, type Telltale } from '../../src/site.ts'
import { slices } from '../../src/slices.ts'
import type { Clock } from '../../src/time/clock.ts'
import { borrowDatabase, returnDatabase } from './postgres.ts'

export const owner: Caller = { actor: OWNER }

/** A clock that a test advances; both its times move together. */
export class TestClock implements Clock {
  #ms = 0
  readonly #start = Date.UTC(2026, 10, 21, 12)
  now = () => this.#start + this.#ms
  elapsed = () => this.#ms
  pass(ms: number) {
    this.#ms += ms
  }
}

export interface TestApp extends Telltale {
  time: TestClock
  lines: string[]
  /** A request over TCP, under the host name that browsers use, with only the credentials in its headers. */
  over(path: string, init?: RequestInit & { headers?: Record<string, string>; host?: string; from?: string }): Promise<Response>
  /** A request over the control socket: its sender is the owner. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** The same, JSON in and out. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where that is not there
  json<T = any>(path: string, body?: unknown, init?: RequestInit): Promise<{ status: number; body: T; headers: Headers }>
  /** The kinds in the log, without those of the test's own tokens and sessions. */
  logged(): Promise<string[]>
}

/** The whole program on its own database, with `more` slices; no background work and no listening socket. */
export async function testApp(config: Partial<Config> = {}, more: readonly AnySlice[] = []): Promise<TestApp> {
  const data = mkdtempSync(join(tmpdir(), 'telltale-test-'))
  const port = inject('postgres')
  const url = port === undefined ? undefined : await borrowDatabase(port)
  const time = new TestClock()
  const lines: string[] = []
  if (!url) writeFileSync(join(data, 'telltale.db'), await emptyDatabase(), { mode: 0o600 })
  const log: ServerLog = {
    request: (line) => lines.push(JSON.stringify(line)),
    info: (line) => lines.push(line),
    error: (line, error) => lines.push(`${line} ${error}`),
  }
  const app = await createSite({
    config: { ...configFrom([], {}), data, workers: 0, 'database-url': url, ...config },
    file: join(data, 'telltale.db'),
    slices: [...slices, ...more],
    clock: time,
    log,
  })
  onTestFinished(async () => {
    await app.stop()
    await app.close()
    rmSync(data, { recursive: true, force: true })
    if (url)
      await returnDatabase(
        url,
        more.some(({ migrations }) => migrations),
      )
  })
  const socket = {}
  trustSocket(socket)
  const ask = async (path: string, init?: RequestInit) => app.http.request(`http://telltale${path}`, init, { incoming: { socket, rawHeaders: [], url: path } })
  return Object.assign(app, {
    time,
    lines,
    ask,
    async over(path: string, { headers, host = `${app.address.label}.localhost:8355`, from = '127.0.0.1', ...init }: Parameters<TestApp['over']>[1] = {}) {
      const incoming = { socket: { remoteAddress: from }, url: path, rawHeaders: ['Host', host] }
      return app.http.request(`http://localhost${path}`, { ...init, headers: { ...headers, host } }, { incoming })
    },
    async json<T>(path: string, body?: unknown, init: RequestInit = {}) {
      const sent: RequestInit =
        body === undefined ? init : { method: 'POST', body: JSON.stringify(body), ...init, headers: { 'content-type': 'application/json', ...init.headers } }
      const answer = await ask(path, sent)
      const text = await answer.text()
      return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T, headers: answer.headers }
    },
    async logged() {
      const rows = await app.db.selectFrom('events').select('kind').where('kind', '!=', 'access.changed').orderBy('seq').execute()
      return rows.map(({ kind }) => kind)
    },
  })
}

let empty: Buffer | undefined

/** A new database's file: a copy saves most of the time that a test's app takes to start. */
async function emptyDatabase(): Promise<Buffer> {
  if (empty) return empty
  const folder = mkdtempSync(join(tmpdir(), 'telltale-test-'))
  const path = join(folder, 'telltale.db')
  await (await openDatabase(path, declaredBy(slices))).close()
  empty = readFileSync(path)
  rmSync(folder, { recursive: true })
  return empty
}

/** Sends a form as a browser does. */
export const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
})
