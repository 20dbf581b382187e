import { describe, expect, test } from 'vitest'
import { supervisor } from '../../src/workers/supervisor.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { testApp } from '../support/app.ts'
import { workersOf } from '../support/leftovers.ts'
import { alive, escapist, hasSpread, token, until } from '../support/processes.ts'
import { Site, type Task } from '../worker/site.ts'

/** The longest possible lease, so that waiting for its end would fail. */
const site = async (...flags: string[]) => {
  const it = await Site.start('--lease-ms', '600000', '--workers', '1', ...flags)
  await until('its worker is there', async () => (await it.seen().catch(() => undefined))?.state === 'idle')
  return it
}

const press = (it: Site, verb: string, headers = {}) => it.server.client.call('POST', `/api/workers/w_1/${verb}`, {}, { headers })
const pidOf = async (it: Site) => (await it.seen()).pid as number

/** A task that takes the whole second that it is given to end. */
async function stubborn(it: Site): Promise<{ id: string; word: string }> {
  const word = token()
  const id = await it.create(escapist(word))
  await until('it has spread', () => hasSpread(word))
  return { id, word }
}

const renewed = (it: Site, before: number) =>
  until('a new process is idle', async () => (await it.seen()).state === 'idle' && ![null, before].includes(await pidOf(it)))

test('a restart under an Idempotency-Key, as the page sends it, starts the worker in a new process', async () => {
  const it = await site()
  const before = await pidOf(it)
  await press(it, 'restart', { 'idempotency-key': 'press-1' })
  await renewed(it, before)
})

test('a worker that stopped with the server starts with the next, and one that someone stopped does not', async () => {
  const it = await site('--workers', '2')
  await until('both are there', async () => (await it.workers()).filter(({ state }) => state === 'idle').length === 2)
  await press(it, 'stop')
  await it.server.end('SIGTERM')
  await it.again()
  await until('two live', async () => (await it.workers()).filter(({ state }) => state === 'idle').length === 2)
  expect((await it.workers()).map(({ id, state, reason }) => [id, state, reason.split(' by ')[0]])).toEqual([
    ['w_3', 'idle', 'waiting for a task'],
    ['w_2', 'idle', 'waiting for a task'],
    ['w_1', 'stopped', 'stopped'],
  ])
})

describe('a server that stops leaves no worker behind:', () => {
  test('not one that is being restarted', async () => {
    const it = await site()
    await stubborn(it)
    const restarted = press(it, 'restart').catch(() => {})
    await until('the restart has begun', async () => (await it.seen()).state === 'stopped')
    await it.server.end('SIGTERM')
    await restarted
    expect(workersOf(it.data)).toEqual([])
    await it.again()
    expect(await it.seen()).toMatchObject({ state: 'stopped', pid: null })
  })

  test('a launch by then is refused, and nothing is stored', async () => {
    const app = await testApp()
    await app.json('/api/workers/launch', { name: 'early' })
    await supervisor(app).stop()
    expect((await app.json('/api/workers/w_1')).body.item).toMatchObject({ state: 'stopped', reason: 'stopped with the server' })
    const before = await app.logged()
    for (const path of ['launch', 'w_1/restart']) {
      expect(await app.json(`/api/workers/${path}`, {})).toMatchObject({ status: 409, body: { detail: expect.stringContaining('The server is stopping') } })
    }
    expect(await app.logged()).toEqual(before)
    expect(workersOf(app.config.data)).toEqual([])
  })
})

describe('an interrupted task shows who stopped its worker, even if', () => {
  const failed = async (it: Site, id: string): Promise<Task> => {
    expect(workersOf(it.data)).toEqual([])
    await it.again()
    return it.become(id, 'failed')
  }

  test('the server stops after it', async () => {
    const it = await site()
    const id = await it.create("trap 'echo told' TERM; echo ready; while :; do sleep 0.1; done")
    await until('it listens', async () => (await it.log(id)).includes('ready'))
    await press(it, 'stop')
    await until('its worker was told', async () => (await it.log(id)).includes('told'))
    await it.server.end('SIGTERM')
    expect((await failed(it, id)).error).toBe('interrupted: its worker was stopped by owner')
    expect(await it.seen()).toMatchObject({ state: 'stopped', reason: 'stopped by owner', pid: null })
  })

  test('the whole service is stopped, worker and server at once', async () => {
    const it = await site()
    const { id } = await stubborn(it)
    process.kill(await pidOf(it), 'SIGTERM')
    await it.server.end('SIGTERM')
    expect((await failed(it, id)).error).toMatch(/^interrupted: its worker was stopped (with the server|by SIGTERM)$/)
  })
})

test('a draining worker that is killed does not count as drained, and its task is taken back at once', async () => {
  const it = await site()
  const { id } = await stubborn(it)
  await press(it, 'drain')
  process.kill(await pidOf(it), 'SIGKILL')
  const { error } = await it.become(id, 'lost')
  expect(error).toBe('w_1: its process was killed by SIGKILL')
  expect(await it.seen()).toMatchObject({ state: 'stopped', reason: 'its process was killed by SIGKILL', pid: null })
})

test('a claim left behind by a dead process neither revives its worker nor takes a task', async () => {
  const app = await testApp()
  await app.json('/api/workers/launch', {})
  await until('it runs', () => workersOf(app.config.data).length === 1)
  const [pid] = workersOf(app.config.data) as [number]
  await app.json('/api/workers/w_1/hello', { pid })
  const left = app.json('/api/tasks/claim', { worker_id: 'w_1', wait_s: 20 })
  process.kill(pid, 'SIGKILL')
  expect(await left).toMatchObject({ status: 409, body: { state: 'lost' } })
  expect((await app.json('/api/workers/w_1')).body.item).toMatchObject({ state: 'lost', pid: null })
  await supervisor(app).stop()
})

describe('a worker that ends unexpectedly is started again', () => {
  test.each([['SIGTERM'], ['SIGKILL']] as const)('after a %s', async (signal) => {
    const it = await site()
    const before = await pidOf(it)
    process.kill(before, signal)
    await renewed(it, before)
    expect(workersOf(it.data)).toHaveLength(1)
  })

  test('under a server that adopted it', async () => {
    const it = await site()
    const before = await pidOf(it)
    await it.server.end('SIGKILL')
    await it.again()
    expect(workersOf(it.data)).toEqual([before])
    process.kill(before, 'SIGKILL')
    await renewed(it, before)
    expect(workersOf(it.data)).toHaveLength(1)
  })
})

test('a worker that hangs during a stop can be force-stopped, and nothing of it remains', async () => {
  const it = await site()
  const { id, word } = await stubborn(it)
  const pid = await pidOf(it)
  process.kill(pid, 'SIGSTOP')
  await press(it, 'stop')
  expect(await it.seen()).toMatchObject({ state: 'stopped', pid })
  await press(it, 'force-stop')
  expect((await it.become(id, 'lost')).error).toBe('w_1: the worker was force-stopped by owner')
  await until('it has ended, with what it ran', async () => (await it.seen()).pid === null && alive(word).length === 0)
  await expect(press(it, 'force-stop')).rejects.toMatchObject({ status: 409 })
})

test('a silent worker is lost, however many newer ones there are', async () => {
  const app = await testApp({ 'lease-ms': 1000 })
  const register = async (name: string) => (await app.json('/api/workers', { name, queues: ['default'] })).body.item.id
  const silent = await register('silent')
  app.time.pass(2000)
  for (let n = 0; n < 101; n++) await register(`newer-${n}`)
  await loseSilent(app)
  expect((await app.json(`/api/workers/${silent}`)).body.item).toMatchObject({ state: 'lost', reason: 'it was silent for 2 s' })
  expect((await app.json('/api/workers?state=lost')).body.items).toHaveLength(1)
})
