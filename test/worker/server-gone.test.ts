import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { commandLine, removeFolder, serve, temporaryFolder } from '../crash/server.ts'
import { endWorkersOf, workersOf } from '../support/leftovers.ts'
import { alive, token, until } from '../support/processes.ts'
import { end, Site } from './site.ts'

/** The deadline of a wait on a busy machine. */
const PATIENCE_MS = 60_000
/** For tasks that must not end without a response. */
const LONG_LEASE = ['--lease-ms', '600000']

const isAlive = (pid: number) => process.kill(pid, 0)

async function withWorker(...flags: string[]) {
  const it = await Site.start('--workers', '1', ...flags)
  await until('its worker is there', async () => (await it.seen().catch(() => undefined))?.state === 'idle', PATIENCE_MS)
  return it
}

test('a worker gives up once its server has been away for a lease and a quarter', { timeout: 2 * PATIENCE_MS }, async () => {
  const it = await withWorker('--lease-ms', '2000')
  await it.server.end('SIGKILL')
  expect(workersOf(it.data)).toHaveLength(1) // the control: it waits at first
  await until('it is gone', () => workersOf(it.data).length === 0, PATIENCE_MS)
})

test('a server whose terminal is closed stops as after a TERM, with its worker and tasks', async () => {
  const it = await withWorker(...LONG_LEASE)
  const word = token()
  const id = await it.create(`echo go; while :; do sleep 0.1; done # ${word}`)
  await until('it runs', () => alive(word).length > 0, PATIENCE_MS)
  await it.server.end('SIGHUP')
  expect([workersOf(it.data), alive(word)]).toEqual([[], []])
  await it.again()
  expect(await it.task(id)).toMatchObject({ error: 'interrupted: its worker was stopped with the server' })
})

test('a worker whose terminal is closed stops as after a TERM', async () => {
  const it = await Site.start(...LONG_LEASE)
  const worker = it.worker()
  await until('it is there', () => worker.said().includes('worker w_1'), PATIENCE_MS)
  worker.process.kill('SIGHUP')
  expect(await once(worker.process, 'exit')).toEqual([0, null])
  expect(await it.seen()).toMatchObject({ state: 'stopped', reason: 'ended by SIGHUP' })
})

test('the command of an upstream ends with a killed server, including detached processes', async () => {
  const [data, word] = [temporaryFolder(), token()]
  onTestFinished(() => removeFolder(data))
  const config = join(data, 'upstreams.json')
  const line = `env -i setsid sh -c 'while :; do sleep 0.1; done' ${word} >/dev/null 2>&1 & exec tail -f /dev/null ${word}`
  writeFileSync(config, JSON.stringify({ upstreams: [{ name: 'journal', command: ['sh', '-c', line, word] }] }))
  mkdirSync(join(data, 'data'), { mode: 0o700 })
  const server = await serve(join(data, 'data'), '--config', config)
  await until('it runs', () => alive(word).length >= 2, PATIENCE_MS)
  await server.end('SIGKILL')
  await until('nothing of it lives', () => alive(word).length === 0, PATIENCE_MS)
})

test('a server on a copy of a data folder leaves the worker of the first one alone', async () => {
  const it = await withWorker(...LONG_LEASE)
  const id = await it.create('while :; do sleep 0.1; done')
  await it.become(id, 'running', PATIENCE_MS)
  const { pid } = await it.seen()
  const copy = `${it.data}-copy`
  execFileSync('cp', ['-a', it.data, copy])
  onTestFinished(() => removeFolder(copy))
  const other = await serve(copy)
  await until('the other has looked', async () => {
    const { body } = await other.client.call<{ item: { state: string; pid: number | null } }>('GET', '/api/workers/w_1')
    return body.item.pid === null
  })
  await other.end('SIGTERM')
  expect(isAlive(pid as number)).toBe(true)
  expect(await it.seen()).toMatchObject({ state: 'busy', pid })
  expect((await it.task(id)).state).toBe('running')
})

test('a worker restarts and runs tasks after the server’s working directory was removed', async () => {
  const [data, folder] = [temporaryFolder(), temporaryFolder()]
  const server = inFolder(folder, 'serve', '--port', '0', '--data', data, '--workers', '1', ...LONG_LEASE)
  const client = new Wire({ data })
  onTestFinished(async () => {
    await end(server, 'SIGKILL')
    endWorkersOf(data)
    client.close()
    removeFolder(data)
  })
  const output = async (id: string) => Buffer.concat(await (await client.stream(`/api/tasks/${id}/log`)).toArray()).toString()
  const runs = async (command: string) => {
    const { body } = await client.call<{ item: { id: string } }>('POST', '/api/tasks', { command })
    const state = async () => (await client.call<{ item: { state: string } }>('GET', `/api/tasks/${body.item.id}`)).body.item.state
    await until(`${command} ran`, async () => (await state()) === 'succeeded', PATIENCE_MS)
    return (await output(body.item.id)).trim()
  }
  await until('it answers', () => client.call('GET', '/api/workers').then(Boolean, () => false), PATIENCE_MS)
  expect(await runs('pwd -P')).toBe(folder) // as long as it is there
  removeFolder(folder)
  const before = workersOf(data)
  process.kill(before[0] as number, 'SIGKILL')
  await until('it runs again', () => workersOf(data).some((pid) => !before.includes(pid)), PATIENCE_MS)
  expect(await runs('pwd -P')).toBe(data)
})

function inFolder(folder: string, ...args: string[]): ChildProcess {
  return spawn('sh', ['-c', 'cd "$1" && shift && exec "$@"', 'sh', folder, ...commandLine(...args)], { stdio: 'ignore' })
}
