import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { numbers, post, served } from '../live/wire.ts'
import { temporaryFolder, until } from '../support/server.ts'
import { hasNginx, nginx } from './nginx.ts'

const EVENTS = 10
const EVERY_MS = 100

/** Reads `path` and answers when each event came, in ms since the first byte of the head was asked for. */
async function arrivals(port: number, path: string, headers: Record<string, string> = {}) {
  const asked = performance.now()
  const times: number[] = []
  let text = ''
  const request = get({ port, host: '127.0.0.1', path, headers, agent: false }, (answer) => {
    answer.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const came = text.split('event: reading.taken').length - 1
      while (times.length < came) times.push(performance.now() - asked)
    })
    answer.on('error', () => {})
  }).on('error', () => {})
  onTestFinished(() => void request.destroy())
  await until(
    () => times.length === EVENTS,
    () => `only ${times.length} events came`,
  )
  return times
}

/** The usual time from one to the next: single ones may be late on a busy machine, most are not. */
function usualGap(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number))
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] as number
}

test.skipIf(!hasNginx())('behind nginx as it is installed, events come one by one; the control: without our header they come in one lump', async () => {
  const app = await served()
  const upstream = app.address.port
  // The control sends the bytes that we send, at the same pace and with the same head but for one line of it.
  const plain = createServer((_, answer) => {
    answer.useChunkedEncodingByDefault = false
    answer.shouldKeepAlive = false
    answer.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache, no-store, no-transform' }).flushHeaders()
    for (const n of numbers(1, EVENTS)) setTimeout(() => answer.write(`id: ${n}.x\nevent: reading.taken\ndata: {}\n\n`), n * EVERY_MS)
    setTimeout(() => answer.end(), (EVENTS + 1) * EVERY_MS)
  })
  onTestFinished(() => void plain.close().closeAllConnections())
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  const port = await freePort()
  const server = `location / { proxy_pass http://127.0.0.1:${upstream}; proxy_set_header Host 127.0.0.1:${upstream}; }
    location /control { proxy_pass http://127.0.0.1:${(plain.address() as AddressInfo).port}; }`
  const proxy = await nginx(join(temporaryFolder(), 'nginx'), { port, server })
  onTestFinished(() => proxy.stop())

  const { body } = await app.json('/api/tokens', { name: 'reader', role: 'viewer' })
  const ours = arrivals(port, '/api/events', { authorization: `Bearer ${body.item.token}` })
  const control = arrivals(port, '/control')
  await until(() => app.streams.size === 1)
  const sent: number[] = []
  for (const _ of numbers(1, EVENTS)) {
    sent.push(performance.now())
    await post(app, 1)
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  const [pace, through, lumped] = [usualGap(sent), usualGap(await ours), usualGap(await control)]
  console.log(`from one event to the next: sent ${pace.toFixed(1)} ms, through nginx ${through.toFixed(1)} ms, in the control ${lumped.toFixed(1)} ms`)
  expect(through / pace).toBeGreaterThan(0.5)
  expect(lumped / pace).toBeLessThan(0.1)
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
