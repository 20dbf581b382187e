import { once } from 'node:events'
import { createServer, IncomingMessage, request, ServerResponse } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { FastLane } from '../../src/http/shell/fast-lane.ts'
import { RenderCache } from '../../src/http/shell/render-cache.ts'
import { until } from '../support/server.ts'
import { served } from '../support/wire.ts'

interface Told {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Responses are cached for a minute, so the clock is fixed. */
async function prepared() {
  const app = await served()
  const { body } = await app.json<{ item: { token: string; id: string } }>('/api/tokens', { name: 'reader', role: 'viewer', expires_days: 1 })
  const ask = (headers: Record<string, string> = {}, where: object = { port: app.address.port, host: '127.0.0.1' }) =>
    new Promise<Told>((resolve, reject) => {
      const asked = request({ ...where, path: '/ui/tasks', agent: false, headers }, async (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(await answer.toArray()).toString() })
      })
      asked.once('error', reject).end()
    })
  const bearer = { authorization: `Bearer ${body.item.token}` }
  const hits = async () => (await app.json<{ hits: number; notModified: number }>('/api/hub')).body
  return { app, ask, bearer, token: body.item, hits, socket: { socketPath: app.socketPath } }
}

const without = ({ headers: { date: _, ...headers }, ...rest }: Told) => ({ ...rest, headers })

test('the second answer is byte for byte the first, with the same headers, and so is a 304', async () => {
  const { ask, bearer } = await prepared()
  const first = await ask(bearer)
  expect(first.status).toBe(200)
  const second = await ask(bearer)
  // The first may be sent in chunks; what is kept has a length.
  const { 'transfer-encoding': _, connection: __, ...expected } = first.headers
  expect(without(second)).toMatchObject({ status: 200, body: first.body })
  expect(second.headers).toMatchObject({ ...expected, date: expect.any(String) })
  const condition = { ...bearer, 'if-none-match': String(first.headers.etag) }
  expect(await ask(condition)).toMatchObject({ status: 304, body: '', headers: { etag: first.headers.etag, 'x-live-seq': first.headers['x-live-seq'] } })
})

test('a change is in the next answer, and the cursor moves with every event', async () => {
  const { ask, bearer, app } = await prepared()
  await ask(bearer)
  const before = await ask(bearer)
  await app.json('/api/tasks', { title: 'seen at once', command: 'true' })
  const after = await ask(bearer)
  expect(after.body).toContain('seen at once')
  expect(after.headers.etag).not.toBe(before.headers.etag)
  await app.json('/api/events', { kind: 'backup.finished' })
  const later = await ask(bearer)
  expect(later.headers.etag).toBe(after.headers.etag)
  expect(Number.parseInt(String(later.headers['x-live-seq']), 10)).toBe(Number.parseInt(String(after.headers['x-live-seq']), 10) + 1)
})

test('no caller gets another’s cached response: no token, another host, another site, a revoked token', async () => {
  const { ask, bearer, token, app, socket } = await prepared()
  await ask(bearer)
  expect((await ask(bearer)).status).toBe(200)
  expect((await ask({})).status).toBe(401)
  expect((await ask({ ...bearer, host: 'evil.example' })).status).toBe(421)
  expect((await ask({ ...bearer, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  await app.json(`/api/tokens/${token.id}/revoke`, {})
  expect((await ask(bearer)).status).toBe(401)
  // The owner's requests over the socket must not be answered to strangers over TCP.
  expect((await ask({ host: 'telltale' }, socket)).status).toBe(200)
  expect((await ask({ host: 'telltale' }, socket)).status).toBe(200)
  expect((await ask({ host: 'telltale' })).status).toBe(421)
})

test('it is counted as a cached render', async () => {
  const { ask, bearer, hits } = await prepared()
  const { headers } = await ask(bearer)
  const before = await hits()
  await ask(bearer)
  await ask({ ...bearer, 'if-none-match': String(headers.etag) })
  expect(await hits()).toMatchObject({ hits: before.hits + 1, notModified: before.notModified + 1 })
})

test('a caller whose session ends during the request is not remembered', () => {
  const asked = () => Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/ui/tasks', headers: { 'if-none-match': 'W/"1"' } })
  const isAnswered = (lane: FastLane, request: IncomingMessage) => {
    let tookTheLongWay = false
    lane.serve(request, new ServerResponse(request), () => (tookTheLongWay = true))
    return !tookTheLongWay
  }
  const admission = { key: 'tasks', version: () => '1', seq: () => '1.e' }
  for (const ended of [false, true]) {
    const lane = new FastLane(new RenderCache())
    const underWay = asked()
    expect(isAnswered(lane, underWay)).toBe(false)
    if (ended) lane.forget()
    lane.admit(underWay, admission)
    expect(isAnswered(lane, asked())).toBe(!ended)
  }
})

test('requests during a render wait for it; if it fails, they take the slow path', async () => {
  const cache = new RenderCache()
  const lane = new FastLane(cache)
  let version = '1'
  let longWays = 0
  const server = createServer((asked, answer) =>
    lane.serve(asked, answer, () => {
      longWays++
      lane.admit(asked, { key: 'tasks', version: () => version, seq: () => '1.e' })
      answer.end('the long way')
    }),
  ).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const ask = async () => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ui/tasks`)).text()
  const rendering = (html: Promise<string>) => {
    const http = new Hono().onError((_, c) => c.text('failed', 500)).get('/', (c) => cache.answer(c, { key: 'tasks', version, seq: '1.e', render: () => html }))
    return http.request('/')
  }
  expect(await ask()).toBe('the long way')

  const first = Promise.withResolvers<string>()
  const rendered = rendering(first.promise)
  const waiting = [ask(), ask()]
  await until(() => cache.stats.hits === 2)
  first.resolve('<p>kept</p>')
  expect([await Promise.all(waiting), (await rendered).status, longWays]).toEqual([['<p>kept</p>', '<p>kept</p>'], 200, 1])

  version = '2'
  const second = Promise.withResolvers<string>()
  const failing = rendering(second.promise)
  const sent = ask()
  await until(() => cache.stats.hits === 3)
  second.reject(new Error('no'))
  expect([await sent, (await failing).status, longWays]).toEqual(['the long way', 500, 2])
})
