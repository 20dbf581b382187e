import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { INPUTS } from './inputs.ts'
import { type Watched, watched } from './watched.ts'

/** A longer turn would delay every other request. */
const LONGEST_TURN_MS = 200
const CHUNK_BYTES = 524_288
/** The total time does not matter. */
const PATIENCE_MS = 900_000
const PAGES = ['/home', '/tasks', '/workers', '/queues', '/events', '/hub', '/settings', '/api/state', '/api/tasks', '/api/events?limit=50']

type Enter = (server: Watched, input: Buffer, name: string) => Promise<void>

/** Everything that strangers, tasks or agents can write, and every page that shows it. */
const ENTRIES: Record<string, Enter> = {
  async output(server, input) {
    const task = await claimed(server)
    for (const offset of [0, CHUNK_BYTES]) {
      const data = input.subarray(offset, offset + CHUNK_BYTES).toString('base64')
      await answered(server, 'POST', `/api/tasks/${task.id}/log`, { ...task.holder, offset, data, stream: offset > 0 ? 'stderr' : 'stdout' })
    }
    await answered(server, 'POST', `/api/tasks/${task.id}/finish`, { ...task.holder, exit_code: 1, error: input.toString().slice(0, 4000) })
    for (const query of ['?find=b', '?level=error', '?at=100']) await answered(server, 'GET', `/ui/tasks/${task.id}/log${query}`)
    await answered(server, 'GET', `/tasks/${task.id}`)
    await answered(server, 'GET', `/api/tasks/${task.id}/log?download=1`)
    await answered(server, 'GET', `/api/tasks/${task.id}/log`, undefined, { accept: 'text/event-stream' })
  },
  async 'titles and names'(server, input) {
    const text = input.toString()
    for (const length of [200, 900_000]) {
      const value = text.slice(0, length)
      for (const field of ['title', 'command', 'description']) await answered(server, 'POST', '/api/tasks', { command: 'true', [field]: value })
      await answered(server, 'POST', '/api/workers', { name: value, queues: [value] })
      await answered(server, 'POST', '/api/tokens', { name: value, role: 'viewer' })
    }
  },
  async payloads(server, input) {
    const text = input.toString()
    const event = { source: 'test', kind: 'reading.taken', subject: 'sensor:s_1' }
    for (const length of [30_000, 900_000]) {
      await answered(server, 'POST', '/api/events', [{ ...event, payload: { text: text.slice(0, length) } }])
      await answered(server, 'POST', '/api/events', text.slice(0, length))
      await answered(server, 'POST', '/api/tasks', text.slice(0, length))
      await answered(server, 'POST', '/api/tasks', text.slice(0, length), { 'content-type': 'application/x-www-form-urlencoded' })
    }
  },
  async queries(server, input) {
    const text = encodeURIComponent(input.subarray(0, 2_000).toString()).slice(0, 6_000).replace(/%.?$/, '')
    for (const path of [
      '/tasks?q=',
      '/ui/tasks?q=',
      '/ui/tasks/suggest?q=',
      '/palette?q=',
      '/ui/palette?q=',
      '/events?kinds=',
      '/api/events?subject=',
      '/api/tasks/',
    ])
      await answered(server, 'GET', path + text, undefined, { accept: path.startsWith('/api/') ? 'application/json' : 'text/html' })
  },
  async files(server, input, name) {
    const types = join(server.data, 'task-types')
    mkdirSync(types, { recursive: true })
    writeFileSync(join(types, `${name.replaceAll(' ', '-')}.yaml`), input)
    const inbox = join(server.data, 'inbox')
    mkdirSync(inbox, { recursive: true })
    writeFileSync(join(inbox, `${name.replaceAll(' ', '-')}.json`), input)
    await answered(server, 'GET', '/tasks/new')
  },
}

async function answered(server: Watched, ...request: Parameters<Watched['send']>) {
  const { status } = await server.send(...request)
  expect([...request.slice(0, 2), status]).toEqual([...request.slice(0, 2), expect.toSatisfy((code: number) => code < 500 || code === 503)])
}

async function claimed(server: Watched) {
  const sent = async (path: string, body: object) => JSON.parse((await server.send('POST', path, body)).text)
  const worker_id = (await sent('/api/workers', { name: 'far', queues: ['default'] })).item.id as string
  await sent('/api/tasks', { command: 'true' })
  const { item, fence } = await sent('/api/tasks/claim', { worker_id })
  return { id: item.id as string, holder: { worker_id, fence: fence as number } }
}

async function visit(server: Watched) {
  for (const page of PAGES) await answered(server, 'GET', page, undefined, { accept: page.startsWith('/api/') ? 'application/json' : 'text/html' })
}

test(
  'no input keeps the server busy, wherever it is entered',
  async () => {
    const server = await watched()
    const slow: string[] = []
    const check = async (what: string) => {
      const ms = await server.longestTurn()
      if (ms > LONGEST_TURN_MS) slow.push(`${what}: ${Math.round(ms)} ms`)
    }
    // Warm up, as compilation is not measured.
    await visit(server)
    await ENTRIES.output?.(server, Buffer.from('warm\n'), 'warm')
    await server.longestTurn()
    for (const [entry, enter] of Object.entries(ENTRIES)) {
      for (const [name, input] of Object.entries(INPUTS)) {
        await enter(server, input, name)
        await check(`${entry}: ${name}`)
      }
      await visit(server)
      await check(`the pages after ${entry}`)
    }
    expect(slow).toEqual([])
  },
  PATIENCE_MS,
)

test(
  'no hole and no truncation stops the reader of a log',
  async () => {
    const server = await watched()
    const { id, holder } = await claimed(server)
    const folder = join(server.data, 'logs', id, '1')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '000000000000000.log'), 'a\nb\n')
    writeFileSync(join(folder, '9000000000000000.log'), 'b\n')
    for (const query of ['?at=100', '?find=b', '', '?from=5']) await answered(server, 'GET', `/ui/tasks/${id}/log${query}`)
    truncateSync(join(folder, '9000000000000000.log'))
    await answered(server, 'GET', `/api/tasks/${id}/log`)
    await answered(server, 'POST', `/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })
    await answered(server, 'GET', `/api/tasks/${id}/log`, undefined, { accept: 'text/event-stream' })
    expect(await server.longestTurn()).toBeLessThan(LONGEST_TURN_MS)
  },
  PATIENCE_MS,
)

test(
  'a turn that is too long is noticed',
  async () => {
    const server = await watched()
    await server.longestTurn()
    server.work(2 * LONGEST_TURN_MS)
    expect(await server.longestTurn()).toBeGreaterThan(LONGEST_TURN_MS)
  },
  PATIENCE_MS,
)
