import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { inherited } from '../../src/config/config.ts'
import { probe } from '../../src/process/isolate.ts'
import { perform } from '../../src/worker/attempt.ts'
import { Stopped } from '../../src/worker/ending.ts'
import { link } from '../../src/worker/link.ts'
import { until } from '../support/processes.ts'

interface Asked {
  verb: string
  key: string | undefined
  body: Record<string, unknown>
}

/** The response to a request: a body, a refusal because the task was given away, or none, at once or until the timeout. */
type Answer = object | 'conflict' | 'cut' | 'hold'

const isolation = await probe('off')
const BEAT = { cancel: false, worker: 'busy' }

/** An attempt at `command`, for a scripted server. */
async function attempt(command: string, lease_ttl_ms: number, answer: (asked: Asked) => Answer) {
  const asked: Asked[] = []
  const said: string[] = []
  const stop = new AbortController()
  const server = createServer(async (req, res) => {
    const one = {
      verb: req.url?.split('/').at(-1) as string,
      key: req.headers['idempotency-key'] as string | undefined,
      body: (await json(req)) as Asked['body'],
    }
    const what = answer(one)
    asked.push(one)
    if (what === 'cut') res.destroy()
    else if (what === 'conflict') res.writeHead(409).end(JSON.stringify({ detail: 'it was given away' }))
    else if (what !== 'hold') res.end(JSON.stringify({ lease_ttl_ms, ...what }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new Wire({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, data: '' })
  onTestFinished(() => {
    stop.abort(new Stopped())
    client.close()
    server.close()
    server.closeAllConnections()
  })
  const say = (line: string) => void said.push(line)
  const site = { workerId: 'w_1', link: link(client, say), isolation, environment: inherited, folder: () => '/', say, stop: stop.signal, onState: () => {} }
  const item = { id: 't_1', title: command, argv: ['/bin/sh', '-c', command], attempt: 1, timeout_s: null, cwd: null, env: {} }
  const over = perform(site, { item, fence: 1, lease_ttl_ms })
  return { asked, said, over, stop, of: (verb: string) => asked.filter((one) => one.verb === verb) }
}

test('a command whose start was confirmed by a lost response is reported as never begun', async () => {
  const it = await attempt('echo began', 400, ({ verb }) => (verb === 'run' ? 'cut' : {}))
  await it.over
  expect(it.of('finish')[0]?.body).toMatchObject({ exit_code: null, interrupted: true, began: false })
  expect(it.of('log')).toEqual([])
  expect(it.said.at(-1)).toMatch(/^t_1 was abandoned: interrupted: its worker could not reach the server for \d+ s$/)
})

test('a stalled report of an end is repeated well within the lease, under the same key', async () => {
  const it = await attempt('exit 3', 8000, ({ verb }) => (verb === 'finish' && it.of('finish').length === 0 ? 'hold' : BEAT))
  await it.over
  const [first, second] = it.of('finish')
  expect(first?.body).toMatchObject({ exit_code: 3 })
  expect(second).toEqual(first)
  expect(first?.key).toBeTruthy()
  expect(it.said).toContain('t_1 ended: exit code 3')
})

test('a command killed while the server was silent is not reported if the task was given away', async () => {
  const it = await attempt('while :; do sleep 1; done', 400, ({ verb }) => (verb === 'run' ? {} : verb === 'finish' ? 'conflict' : 'cut'))
  await it.over
  expect(it.said.filter((line) => line.startsWith('t_1'))).toEqual([
    't_1 began',
    expect.stringMatching(/^t_1 is killed: the server did not respond for \d+ s$/),
    "t_1 is no longer this worker's: it was given away",
  ])
})

test('a command that has ended keeps its lease until all its output is sent, however long the server was away', async () => {
  const LEASE_MS = 3000
  let [ranAt, isBack] = [0, false]
  const it = await attempt('echo a; exit 3', LEASE_MS, ({ verb }) => {
    if (verb === 'run') ranAt = performance.now()
    if (verb === 'heartbeat' && performance.now() - ranAt > 0.8 * LEASE_MS) isBack = true // after the beat that came too late for a command that runs
    return verb === 'run' || isBack ? BEAT : 'cut'
  })
  await it.over
  expect(it.of('finish')[0]?.body).toMatchObject({ exit_code: 3 })
  expect(it.said).toContain('t_1 ended: exit code 3')
})

test('a worker that is stopped while its server is away waits for a lease and a quarter at most, and logs that', async () => {
  const it = await attempt('while :; do sleep 1; done', 2400, ({ verb }) => (verb === 'run' ? {} : 'cut'))
  await until('it runs', () => it.of('heartbeat').length > 0)
  it.stop.abort(new Stopped('SIGTERM'))
  await it.over
  expect(it.of('finish').at(-1)?.body).toMatchObject({ interrupted: true, signal: 'SIGTERM' })
  expect(it.said).toContain('t_1 is ended with this worker, which waits up to 3 s for the server to take the report')
  expect(it.said.at(-1)).toBe('t_1 was abandoned: the server took no report for 3 s, and this worker is to end')
})
