import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Unreachable, Wire } from '../../src/client/wire.js'

async function clientOf(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Wire({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, data: '' })
  onTestFinished(() => {
    client.close()
    server.close()
    server.closeAllConnections()
  })
  return client
}

test('a response that is late is abandoned, after its headers or in the middle of its body', async () => {
  for (const begin of ['', '{"item":']) {
    const client = await clientOf((_, res) => {
      res.flushHeaders()
      res.write(begin)
    })
    await expect(client.call('GET', '/api/tasks', undefined, { timeoutMs: 100 })).rejects.toBeInstanceOf(Unreachable)
  }
  const silent = await clientOf(() => {})
  await expect(silent.call('GET', '/api/tasks', undefined, { timeoutMs: 100 })).rejects.toBeInstanceOf(Unreachable)
})

/** Longer than the response time of a busy machine. */
const LATE_MS = 3_000

test('a stream may last longer than the timeout of its headers', async () => {
  const client = await clientOf((_, res) => {
    res.write('first ')
    setTimeout(() => res.end('last'), LATE_MS + 200)
  })
  const bytes = await client.stream('/api/tasks/t_1/log', { timeoutMs: LATE_MS })
  expect(Buffer.concat(await bytes.toArray()).toString()).toBe('first last')
})
