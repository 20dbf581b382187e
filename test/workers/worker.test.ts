import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inherited } from '../../src/config.ts'
import { commandLine, launch, removeFolder, type Server, serve, temporaryFolder } from '../crash/server.ts'
import { alive, escapist, token, until } from './processes.ts'

const LEASE_MS = 2000
const SERVER = ['--lease-ms', String(LEASE_MS)]
const MEBIBYTE = 1024 * 1024

interface Task {
  id: string
  state: string
  exit_code: number | null
  error: string | null
}

interface Worker {
  process: ChildProcess
  said(): string
}

let server: Server
let data: string
let workers: Worker[]

beforeEach(async () => {
  data = temporaryFolder()
  server = await serve(data, ...SERVER)
  workers = []
})

afterEach(async () => {
  for (const { process } of workers) await end(process, 'SIGKILL')
  await server.end('SIGKILL')
  removeFolder(data)
})

function startWorker(...flags: string[]): Worker {
  const process = launch('worker', '--name', 'alpha', ...(flags.includes('--url') ? [] : ['--data', data]), ...flags)
  let said = ''
  for (const stream of [process.stdout, process.stderr]) stream?.on('data', (more) => (said += more))
  const worker = { process, said: () => said }
  workers.push(worker)
  return worker
}

async function end(process: ChildProcess, signal: NodeJS.Signals) {
  if (process.exitCode !== null || process.signalCode !== null) return
  process.kill('SIGCONT')
  process.kill(signal)
  await once(process, 'exit')
}

async function create(command: string, more: object = {}): Promise<string> {
  const { body } = await server.client.call<{ item: Task }>('POST', '/api/tasks', { command, ...more })
  return body.item.id
}

async function look(id: string): Promise<Task> {
  const { body } = await server.client.call<{ item: Task | { task: Task } }>('GET', `/api/tasks/${id}`)
  return 'task' in body.item ? body.item.task : body.item
}

async function become(id: string, state: string, withinMs?: number): Promise<Task> {
  await until(`${id} is ${state}`, async () => (await look(id)).state === state, withinMs)
  return look(id)
}

async function logOf(id: string): Promise<string> {
  const bytes = await server.client.stream(`/api/tasks/${id}/log`, { headers: { accept: 'text/plain' } })
  return Buffer.concat(await bytes.toArray()).toString()
}

/** Creates a task that spreads in every way and ignores TERM, and waits until it has. */
async function spread(): Promise<{ id: string; word: string }> {
  const word = token()
  const id = await create(escapist(word))
  await until('it has spread', () => alive(word).length >= 4)
  return { id, word }
}

const gone = (word: string, withinMs: number) => until('nothing of it lives', () => alive(word).length === 0, withinMs)

test('a task runs with a clean environment, and its output and exit code are kept', async () => {
  const secret = token()
  const process = spawn('env', [`TELLTALE_TOKEN=${secret}`, 'FORCE_COLOR=1', ...commandLine('worker', '--data', data)], { stdio: 'ignore' })
  workers.push({ process, said: () => '' })
  const id = await create('env; echo error >&2; exit 7')
  expect(await become(id, 'failed')).toMatchObject({ exit_code: 7, error: 'exit code 7' })
  const lines = (await logOf(id)).trim().split('\n')
  expect(lines).toContain('error')
  expect(lines).toEqual(
    expect.arrayContaining([`TELLTALE_TASK_ID=${id}`, 'TELLTALE_ATTEMPT=1', 'TELLTALE_FENCE=1', 'TERM=xterm-256color', `PATH=${inherited.PATH}`]),
  )
  expect(lines.join()).not.toContain(secret)
  expect(lines.join()).not.toContain('FORCE_COLOR')
})

test('a command that takes too long is killed, and says so', async () => {
  startWorker()
  const id = await create('sleep 1000', { timeout_s: 1 })
  expect(await become(id, 'failed')).toMatchObject({ exit_code: null, error: 'timed out after 1 s' })
})

test('several tasks run at once, as many as the worker may', async () => {
  startWorker('--concurrency', '2')
  const ids = [await create('sleep 1000'), await create('sleep 1000'), await create('sleep 1000')]
  await Promise.all(ids.slice(0, 2).map((id) => become(id, 'running')))
  expect((await look(ids[2] as string)).state).toBe('queued')
  await server.client.call('POST', `/api/tasks/${ids[0]}/cancel`, {})
  await become(ids[2] as string, 'running')
})

describe.each([['auto'], ['off']])('with --isolate %s', (isolate) => {
  beforeEach(() => void startWorker('--isolate', isolate))

  test('a cancel leaves no process of the task alive after 2 s, setsid and ignored TERM included', async () => {
    const { id, word } = await spread()
    await server.client.call('POST', `/api/tasks/${id}/cancel`, {})
    await gone(word, 2000)
    await become(id, 'cancelled')
  })

  test('a killed worker takes its commands along', async () => {
    const { id, word } = await spread()
    await end(workers[0]?.process as ChildProcess, 'SIGKILL')
    await gone(word, 2000)
    await become(id, 'lost', 3 * LEASE_MS)
  })

  test('a frozen worker cannot keep its command alive until the task is given away', async () => {
    const { id, word } = await spread()
    workers[0]?.process.kill('SIGSTOP')
    expect(await gone(word, LEASE_MS)).toBeLessThan(LEASE_MS)
    expect((await look(id)).state).toBe('running') // it was not given away before
    await become(id, 'lost', 3 * LEASE_MS)
    workers[0]?.process.kill('SIGCONT')
    await until('it gave it up', () => workers[0]?.said().includes(`${id} is not this worker's any more`) ?? false)
  })

  test('a worker that cannot reach its server kills what it runs within its lease, and works again afterwards', async () => {
    const { id, word } = await spread()
    await server.end('SIGKILL')
    expect(await gone(word, LEASE_MS)).toBeLessThan(LEASE_MS)
    server = await serve(data, ...SERVER)
    await become(id, 'lost', 5 * LEASE_MS)
    await become(await create('true'), 'succeeded')
    expect(workers[0]?.said().match(/waiting for the server/g)).toHaveLength(1)
    expect(workers[0]?.said().match(/the server answers again/g)).toHaveLength(1)
  })
})

test('a task outlives a restart of the server that is shorter than the lease', async () => {
  await server.end('SIGKILL')
  server = await serve(data, '--lease-ms', '10000')
  startWorker()
  const id = await create('for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.2; done')
  await until('it prints', async () => (await logOf(id)).includes('2'))
  await server.end('SIGKILL')
  server = await serve(data, '--lease-ms', '10000')
  await become(id, 'succeeded', 15_000)
  expect(await logOf(id)).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n')
})

test('a worker that is told to stop kills and reports what it runs, and ends well', async () => {
  const { process } = startWorker()
  const { id, word } = await spread()
  process.kill('SIGTERM')
  const [code] = await once(process, 'exit')
  expect(code).toBe(0)
  expect(alive(word)).toEqual([])
  expect(await look(id)).toMatchObject({ state: 'failed', error: 'worker stopped' })
})

test('a drained worker finishes what it runs, takes no more, and ends well', async () => {
  const { process } = startWorker()
  const id = await create('sleep 1; echo done')
  await become(id, 'running')
  await server.client.call('POST', '/api/workers/w_1/drain', {})
  const next = await create('true')
  const [code] = await once(process, 'exit')
  expect(code).toBe(0)
  expect([(await look(id)).state, (await look(next)).state]).toEqual(['succeeded', 'queued'])
})

test('a command that prints 200 MB leaves the worker small, and is counted to the last byte', { timeout: 120_000 }, async () => {
  const { process } = startWorker()
  const id = await create(`head -c ${200 * MEBIBYTE} /dev/zero | tr '\\0' 'x'`)
  await become(id, 'succeeded', 110_000)
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))?.[1]) / 1024
  expect(peak).toBeLessThan(200)
  const end = await server.client.stream(`/api/tasks/${id}/log?from=${200 * MEBIBYTE - 5}`, { headers: { accept: 'text/plain' } })
  expect(Buffer.concat(await end.toArray()).toString()).toBe('xxxxx')
})

test('a worker elsewhere needs the address and a token, and says so in one line where the token is not right', async () => {
  const created = launch('token', 'create', '--role', 'worker', '--name', 'elsewhere', '--data', data)
  const secret = (await text(created.stdout as Readable)).trim()
  const away = (token: string) => startWorker('--url', server.url, '--token', token)
  const refused = away(`${secret}x`)
  expect(await once(refused.process, 'close')).toEqual([1, null])
  expect(refused.said()).toMatch(/^telltale: .+\n$/)
  away(secret)
  await become(await create('true'), 'succeeded')
})

test.each([
  [['--concurrency', '0'], 2, /--concurrency must be a whole number from 1 to 64/],
  [['--isolate', 'maybe'], 2, /--isolate must be auto or off/],
  [['--nonsense'], 2, /--nonsense/],
])('wrong flags are one line: %s', async (flags, code, line) => {
  const worker = startWorker(...flags)
  expect(await once(worker.process, 'exit')).toEqual([code, null])
  expect(worker.said().trim()).toMatch(line)
  expect(worker.said().trim().split('\n')).toHaveLength(1)
})
