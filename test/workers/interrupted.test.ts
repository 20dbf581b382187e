import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alive, escapist, token, until } from './processes.ts'
import { proxy } from './proxy.ts'
import { Site } from './site.ts'

/** Long enough that a killed server is back well before it gives a task away, on a slow machine too. */
const LEASE_MS = 5000
const UNREACHABLE = /^interrupted: its worker could not reach the server for \d+ s$/
/** Runs for ever the first time, and well the second. */
const ONLY_ONCE_STUCK = '[ "$TELLTALE_ATTEMPT" = 2 ] || while :; do sleep 1; done'

const site = (...flags: string[]) => Site.start('--lease-ms', String(LEASE_MS), ...flags)

describe('a worker that cannot reach its server for 0.7 of its lease', () => {
  test.each([['auto'], ['off']])('kills what it runs, says why as soon as it can, and works again, with --isolate %s', async (isolate) => {
    const it = await site()
    const worker = it.worker('--isolate', isolate)
    const word = token()
    const id = await it.create(escapist(word))
    await until('it has spread', () => alive(word).length >= 4)
    await it.server.end('SIGKILL')
    await until('nothing of it lives', () => alive(word).length === 0, LEASE_MS)
    await it.again()
    expect((await it.become(id, 'failed')).error).toMatch(UNREACHABLE)
    await it.become(await it.create('true'), 'succeeded')
    expect(worker.said().match(/waiting for the server/g)).toHaveLength(1)
    expect(worker.said().match(/the server answers again/g)).toHaveLength(1)
  })

  test('has an idempotent task queued again', async () => {
    const it = await site()
    const worker = it.worker()
    const id = await it.create(ONLY_ONCE_STUCK, { idempotent: true })
    await it.become(id, 'running')
    await it.server.end('SIGKILL')
    await until('it was killed', () => worker.said().includes(`${id} is killed`), 2 * LEASE_MS)
    await it.again()
    const { attempts } = await it.become(id, 'succeeded', 20_000)
    expect(attempts).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'failed', error: expect.stringMatching(UNREACHABLE) }])
  })

  test('says nothing of a task that was given away meanwhile', async () => {
    const it = await site()
    const way = await proxy(it.data)
    const worker = it.worker('--url', way.url)
    const id = await it.create('while :; do sleep 1; done')
    await it.become(id, 'running')
    way.fate = () => 'cut'
    await it.become(id, 'lost', 3 * LEASE_MS)
    way.fate = () => 'pass'
    await until('it gave it up', () => worker.said().includes(`${id} is not this worker's any more`))
    expect(await it.task(id)).toMatchObject({ state: 'lost', error: expect.stringContaining('w_1: ') })
  })

  test('asks once more before, beside a beat whose answer does not come', async () => {
    const it = await site('--lease-ms', '10000')
    const way = await proxy(it.data)
    it.worker('--url', way.url)
    const file = join(it.data, 'go')
    const id = await it.create(`while [ ! -e ${file} ]; do sleep 0.1; done`)
    const beats = () => way.asked.filter(({ path }) => path.endsWith('/heartbeat'))
    way.fate = ({ path, body }) => (path.endsWith('/heartbeat') && body.wait_s !== 0 ? 'stall' : 'pass')
    await until('it asked again', () => beats().length === 3)
    expect(beats().map(({ fate }) => fate)).toEqual(['pass', 'stall', 'pass'])
    writeFileSync(file, '')
    await it.become(id, 'succeeded')
  })
})

test('a worker that was frozen so long that its guardian killed what it ran says why, too', async () => {
  const it = await site('--lease-ms', '10000')
  const { process } = it.worker()
  const word = token()
  const id = await it.create(escapist(word))
  await until('it has spread', () => alive(word).length >= 4)
  process.kill('SIGSTOP')
  await until('nothing of it lives', () => alive(word).length === 0, 12_000)
  process.kill('SIGCONT')
  expect((await it.become(id, 'failed')).error).toMatch(UNREACHABLE)
})

test('a task outlives a restart of the server that is shorter than the lease', async () => {
  const it = await site('--lease-ms', '10000')
  it.worker()
  const id = await it.create('for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.2; done')
  await until('it prints', async () => (await it.log(id)).includes('2'))
  await it.server.end('SIGKILL')
  await it.again()
  await it.become(id, 'succeeded', 15_000)
  expect(await it.log(id)).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n')
})

describe('a worker that is stopped says by whom what it ran was interrupted:', () => {
  test('by a signal', async () => {
    const it = await site()
    const { process } = it.worker()
    const word = token()
    const id = await it.create(escapist(word))
    await until('it has spread', () => alive(word).length >= 4)
    process.kill('SIGTERM')
    expect(await once(process, 'exit')).toEqual([0, null])
    expect(alive(word)).toEqual([])
    expect(await it.task(id)).toMatchObject({ state: 'failed', error: 'interrupted: its worker was stopped by SIGTERM' })
  })

  test.each([['local'], ['remote']])('by somebody on the page, of a %s worker', async (kind) => {
    const it = await site('--workers', kind === 'local' ? '1' : '0')
    if (kind === 'remote') it.worker()
    const id = await it.create('sleep 1000', { idempotent: true })
    await it.become(id, 'running')
    await it.server.client.call('POST', '/api/workers/w_1/stop', {})
    const task = await it.become(id, 'queued')
    expect(task.reason).toBe('attempt 1 interrupted: its worker was stopped by owner; next try in 2 s')
  })

  test('by the server that stops, which queues an idempotent task again and says why another failed', async () => {
    const it = await site('--workers', '2')
    const ids = [await it.create(ONLY_ONCE_STUCK, { idempotent: true }), await it.create(ONLY_ONCE_STUCK)] as const
    for (const id of ids) await it.become(id, 'running')
    await it.server.end('SIGTERM')
    await it.again()
    const error = 'interrupted: its worker was stopped with the server'
    expect((await it.become(ids[0], 'succeeded', 20_000)).attempts.at(-1)).toMatchObject({ outcome: 'failed', error })
    expect(await it.task(ids[1])).toMatchObject({ state: 'failed', error })
    expect(await it.seen('w_1')).toMatchObject({ state: 'stopped', reason: 'stopped with the server' })
  })
})
