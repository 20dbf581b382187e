import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { removeFolder } from '../crash/server.ts'
import { until } from '../support/processes.ts'
import { proxy } from './proxy.ts'
import { Site } from './site.ts'

/** The longest possible lease, so that waiting for its end would fail. */
const site = (...flags: string[]) => Site.start('--lease-ms', '600000', ...flags)

describe('a worker that ends cleanly says goodbye, and is stopped at once:', () => {
  test('on another machine, with its own token', async () => {
    const it = await site()
    const { process } = it.worker('--url', it.server.url, '--token-file', await it.tokenFile())
    await it.become(await it.create('sleep 1'), 'succeeded')
    process.kill('SIGTERM')
    expect(await once(process, 'exit')).toEqual([0, null])
    expect(await it.seen()).toMatchObject({ state: 'stopped', reason: 'ended by SIGTERM' })
  })

  test('but not on behalf of a worker of another token', async () => {
    const it = await site()
    const withToken = async () => new Wire({ url: it.server.url, token: await it.token(), data: it.data })
    const [own, other] = [await withToken(), await withToken()]
    await own.call('POST', '/api/workers', { name: 'far', queues: ['default'] })
    for (const verb of ['hello', 'goodbye']) await expect(other.call('POST', `/api/workers/w_1/${verb}`, {})).rejects.toMatchObject({ status: 403 })
    expect(await it.seen()).toMatchObject({ state: 'idle' })
    await own.call('POST', '/api/workers/w_1/goodbye', {})
    expect(await it.seen()).toMatchObject({ state: 'stopped', reason: 'ended by itself' })
    for (const client of [own, other]) client.close()
  })
})

test('a worker whose data folder is gone ends by itself, as its server never comes back', async () => {
  const it = await site()
  const worker = it.worker()
  await until('it is there', () => worker.said().includes('worker w_1'))
  await it.server.end('SIGKILL')
  removeFolder(it.data)
  expect(await once(worker.process, 'exit')).toEqual([0, null])
  expect(worker.said()).toContain(`the data folder ${it.data} is gone, so there is no server; stopping`)
})

test('a claim whose response is lost is repeated, and returns the same task', async () => {
  const it = await site()
  const way = await proxy(it.data)
  const claims = () => way.asked.filter(({ path }) => path.endsWith('/claim'))
  way.fate = ({ path }) => (path.endsWith('/claim') && claims().length === 0 ? 'lose' : 'pass')
  const id = await it.create('true')
  it.worker('--url', way.url)
  expect((await it.become(id, 'succeeded')).attempts).toHaveLength(1)
  expect(claims()[0]).toEqual({ ...claims()[1], fate: 'lose' })
  await until('it asks for the next task', () => claims().length === 3)
  expect(claims()[2]?.key).not.toBe(claims()[1]?.key)
})

test('an idle worker notices that its server is back, while its claim waits for a task', async () => {
  const it = await site()
  const way = await proxy(it.data)
  way.fate = ({ path }) => (path.endsWith('/claim') ? 'hold' : 'pass')
  const worker = it.worker('--url', way.url)
  await until('it waits', () => way.asked.at(-1)?.fate === 'hold')
  await it.server.end('SIGKILL')
  way.cut()
  await until('it misses its server', () => worker.said().includes('waiting for the server'))
  await it.again()
  await until('it found it', () => worker.said().includes('the server responds again'))
  await until('it waits again', () => way.asked.at(-1)?.fate === 'hold')
})
