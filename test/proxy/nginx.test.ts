import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { steadyPort } from '../support/port.ts'
import { temporaryFolder, until } from '../support/server.ts'
import { numbers, post, served } from '../support/wire.ts'
import { hasNginx, nginx } from './nginx.ts'

const EVENTS = 10

/** How many events have come by `path` so far. */
function arrivals(port: number, path: string, headers: Record<string, string> = {}): () => number {
  let text = ''
  const request = get({ port, host: '127.0.0.1', path, headers, agent: false }, (answer) => {
    answer.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    answer.on('error', () => {})
  }).on('error', () => {})
  onTestFinished(() => void request.destroy())
  return () => text.split('event: reading.taken').length - 1
}

test.skipIf(!hasNginx())(
  'behind nginx as it is installed, each event comes before the next is sent; the control: without our header none comes before the end',
  async () => {
    const app = await served()
    const upstream = app.address.port
    // The control sends the bytes that we send, with the same head but for one line of it.
    let plain: ServerResponse | undefined
    const other = createServer((_, answer) => {
      answer.useChunkedEncodingByDefault = false
      answer.shouldKeepAlive = false
      answer.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache, no-store, no-transform' }).flushHeaders()
      plain = answer
    })
    onTestFinished(() => void other.close().closeAllConnections())
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const port = await steadyPort()
    const server = `location / { proxy_pass http://127.0.0.1:${upstream}; proxy_set_header Host 127.0.0.1:${upstream}; }
    location /control { proxy_pass http://127.0.0.1:${(other.address() as AddressInfo).port}; }`
    const proxy = await nginx(join(temporaryFolder(), 'nginx'), { port, server })
    onTestFinished(() => proxy.stop())

    const { body } = await app.json('/api/tokens', { name: 'reader', role: 'viewer' })
    const ours = arrivals(port, '/api/events', { authorization: `Bearer ${body.item.token}` })
    const control = arrivals(port, '/control')
    await until(() => app.streams.size === 1 && plain !== undefined)
    for (const n of numbers(1, EVENTS)) {
      plain?.write(`id: ${n}.x\nevent: reading.taken\ndata: {}\n\n`)
      await post(app, 1)
      await until(() => ours() === n)
    }
    expect(control()).toBe(0)
    plain?.end()
    await until(() => control() === EVENTS)
  },
)
