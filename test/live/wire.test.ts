import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { EventSource } from 'eventsource'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { streamSSE } from 'hono/streaming'
import { describe, expect, onTestFinished, test } from 'vitest'
import { trustSocket } from '../../src/http/gate/gate.ts'
import { firehose } from '../../src/live/firehose.ts'
import { running, until } from '../support/server.ts'
import { firehoseOf, numbers, post, reading, type Served, served } from '../support/wire.ts'

const tokenOf = async (app: Served, role: string): Promise<{ id: string; authorization: string }> => {
  const { status, body } = await app.json('/api/tokens', { name: 'test', role })
  expect(status).toBe(201)
  return { id: body.item.id, authorization: `Bearer ${body.item.token}` }
}

describe('the head of a stream', () => {
  const STREAMS = ['/api/events', '/api/tasks/t_1/events', '/ui/stream', '/ui/sse/tasks']

  test.each(STREAMS)('%s is exactly this, whatever the reader accepts', async (path) => {
    const app = await served()
    await app.json('/api/tasks', { title: 'x', command: 'true' })
    const socket = connect(app.socketPath)
    onTestFinished(() => void socket.destroy())
    socket.write(`GET ${path} HTTP/1.1\r\nHost: telltale\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\n\r\n`)
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    await until(() => text.includes('\n\n'))
    const [head, body] = text.split('\r\n\r\n') as [string, string]
    expect(
      head
        .split('\r\n')
        .map((line) => line.replace(/^Date: .*/, 'Date'))
        .sort(),
    ).toEqual([
      'Cache-Control: no-cache, no-store, no-transform',
      'Connection: close', // no length and no chunks: the body ends with the connection
      'Content-Type: text/event-stream; charset=utf-8',
      'Cross-Origin-Resource-Policy: same-origin',
      'Date',
      'HTTP/1.1 200 OK',
      'Vary: Cookie',
      'X-Accel-Buffering: no',
      'X-Content-Type-Options: nosniff',
    ])
    expect(body).toMatch(/^(retry: 1000\nevent: ready|id: \d+\.\w+\nevent: tasks-changed)\n/)
  })

  test.each(STREAMS)('%s is all that HEAD gets', async (path) => {
    const app = await served()
    await app.json('/api/tasks', { title: 'x', command: 'true' })
    const asked = request({ socketPath: app.socketPath, method: 'HEAD', path, headers: { Host: 'telltale' } }).end()
    const type = await new Promise((resolve) => asked.once('response', (answer) => resolve(answer.resume().headers['content-type'])))
    expect(type).toBe('text/event-stream; charset=utf-8')
    await until(() => app.streams.size === 0 && app.hub.readers === 0)
  })

  test('needs no middleware to leave it alone; the control: the same middlewares hold up a stream that is made the usual way', async () => {
    const app = await served()
    const outer = new Hono()
    outer.use(etag(), compress())
    outer.get('/usual', (c) =>
      streamSSE(c, async (stream) => {
        await stream.writeSSE({ event: 'ready', data: '{}' })
        await new Promise<void>((resolve) => stream.onAbort(resolve))
      }),
    )
    outer.all('*', (c) => app.http.fetch(c.req.raw, c.env))
    const server = createServer(getRequestListener(outer.fetch, { overrideGlobalObjects: false })).on('connection', trustSocket)
    onTestFinished(() => void server.close().closeAllConnections())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const way = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
    app.address.port = way.port
    let usual = false
    void reading(way, '/usual')
      .then(() => (usual = true))
      .catch(() => {})
    const ours = await reading(way, '/api/events', { 'accept-encoding': 'gzip' })
    await post(app, 1)
    await until(() => ours.seqs().length === 1)
    expect(ours.headers).not.toHaveProperty('etag')
    expect(ours.headers).not.toHaveProperty('content-encoding')
    expect(usual).toBe(false)
  })
})

describe('the content of a payload', () => {
  const STRANGE = {
    'a line feed': 'a\nb',
    'a carriage return': 'a\rb',
    'both, and an event of its own': 'a\r\n\r\nid: 9\r\nevent: forged\r\ndata: {}\r\n\r\n',
    'a NUL': 'a\0b',
    'the line separators of JavaScript': 'a\u2028b\u2029c\u0085d',
    'half of a character': 'a\ud800b\udc00c',
    'a mark of the byte order': '\ufeffa',
    'what is beyond 16 bits': '👩‍👩‍👧‍👦 𝕏',
    'what HTML and JSON quote': `</script>"\\'&<!--`,
    'almost 64 KiB': 'é'.repeat(32_700),
  }

  test('is unchanged, one event each, for two readers that are not ours', async () => {
    const app = await served()
    const { authorization } = await tokenOf(app, 'viewer')
    const heard: unknown[] = []
    const source = new EventSource(`${app.url}/api/events`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
    })
    onTestFinished(() => source.close())
    source.addEventListener('note.taken', ({ data }) => heard.push(JSON.parse(data).payload))
    const parser = await firehoseOf(app)
    await until(() => firehose(app).readers === 2)
    const payloads = Object.entries(STRANGE).flatMap(([name, text]) => [{ name, text }, { [text.slice(0, 50)]: name }])
    for (const payload of payloads) {
      expect((await app.json('/api/events', { source: 'test', kind: 'note.taken', payload })).status).toBe(200)
    }
    await until(() => heard.length >= payloads.length && parser.seqs().length >= payloads.length)
    expect(heard).toEqual(payloads)
    expect(parser.of('note.taken').map(({ data }) => JSON.parse(data).payload)).toEqual(payloads)
    expect(parser.frames).toHaveLength(1 + payloads.length)
  })

  test('is refused at the door when it is a field of the frame that could break out of it, and the field is named', async () => {
    const app = await served()
    const event = { source: 'test', source_id: '1', kind: 'note.taken', subject: 'note:1', actor: 'me' }
    const bad = ['a\nb', 'a\rb', 'a\0b', 'a\u2028b', 'a\u2029b', 'a\ud800b', '']
    for (const field of ['source', 'source_id', 'kind', 'subject', 'actor']) {
      for (const text of bad) {
        const { status, body } = await app.json('/api/events', { ...event, [field]: text })
        expect([field, text, status, Object.keys(body.fields)]).toEqual([field, text, 422, [field]])
      }
    }
    for (const kind of ['error', 'open', 'message', 'ready', 'bus.heartbeat', 'Note.Taken', '.taken', 'note.']) {
      expect((await app.json('/api/events', { ...event, kind })).status).toBe(422)
    }
    const large = await app.json('/api/events', { ...event, payload: { text: 'x'.repeat(65_536) } })
    expect([large.status, Object.keys(large.body.fields)]).toEqual([422, ['payload']])
    expect(await app.logged()).toEqual([])
  })
})

describe('permission to read', () => {
  test('is checked on replay as on live: by role, and by a token that is still valid', async () => {
    const app = await served()
    const way = { host: '127.0.0.1', port: app.address.port }
    const viewer = await tokenOf(app, 'viewer')
    const ingest = await tokenOf(app, 'ingest')
    const ask = (headers: Record<string, string>, path = '/api/events?since=0&kinds=reading.') => reading(way, path, headers)
    await post(app, 2)
    for (const path of ['/api/events?since=0', '/api/events', '/api/tasks/t_1/events', '/ui/stream', '/ui/sse/tasks']) {
      expect([path, (await ask({ authorization: ingest.authorization }, path)).status]).toEqual([path, 403])
      expect([path, (await ask({}, path)).status]).toEqual([path, 401])
    }
    const reader = await ask({ authorization: viewer.authorization })
    const other = await firehoseOf(app)
    await until(() => reader.seqs().length === 2)
    expect((await app.json(`/api/tokens/${viewer.id}/revoke`, {})).status).toBeLessThan(300)
    await until(() => reader.isOver())
    expect(reader.of('end')).toHaveLength(1)
    await post(app, 1)
    await until(() => other.of('reading.taken').length === 1)
    expect([reader.seqs(), other.isOver()]).toEqual([[3, 4], false])
    const again = await ask({ authorization: viewer.authorization, 'last-event-id': `1.${app.epoch}` })
    await until(() => again.isOver())
    expect([again.status, again.text()]).toEqual([401, expect.not.stringContaining('reading.taken')])
  })
})

describe('a stream that ends', () => {
  test('because its time is up is resumed by an EventSource, which receives everything once', async () => {
    const app = await served({ 'stream-max-seconds': 1 })
    const { authorization } = await tokenOf(app, 'viewer')
    const asked: (string | null)[] = []
    const source = new EventSource(`${app.url}/api/events?since=0`, {
      fetch: (url, init) => {
        const headers = new Headers({ ...init.headers, authorization })
        asked.push(headers.get('last-event-id'))
        return fetch(url, { ...init, headers })
      },
    })
    onTestFinished(() => source.close())
    const [seqs, ends]: [number[], string[]] = [[], []]
    source.addEventListener('reading.taken', ({ data }) => seqs.push(JSON.parse(data).seq))
    source.addEventListener('end', ({ data }) => ends.push(data))
    let sent = 0
    await until(async () => {
      await post(app, 1)
      return ++sent > 100 && ends.length >= 2
    })
    await until(() => seqs.at(-1) === sent + 1) // the token's event came first
    expect(seqs).toEqual(numbers(2, sent + 1))
    expect(asked[0]).toBe(null)
    for (const cursor of asked.slice(1)) expect(cursor).toMatch(new RegExp(`^\\d+\\.${app.epoch}$`))
    expect(new Set(ends)).toEqual(new Set(['timeout']))
  })

  test('because the server stops is announced to every reader, without waiting for it', async () => {
    const { data, client, child, ended } = await running()
    await client.call('POST', '/api/tasks', { title: 'x', command: 'true' })
    const way = { socketPath: `${data}/control.sock` }
    const readers = await Promise.all(
      ['/api/events', '/api/events?kinds=door.', '/api/tasks/t_1/events', '/ui/stream', '/ui/sse/tasks'].map((path) => reading(way, path)),
    )
    const full = await reading(way, '/api/events')
    await until(() => [...readers, full].every(({ frames }) => frames.length > 0))
    full.pause()
    const payload = { pad: 'x'.repeat(9_000) }
    for (const _ of numbers(1, 3)) {
      await client.call(
        'POST',
        '/api/events',
        numbers(1, 100).map(() => ({ source: 'test', kind: 'reading.taken', payload })),
      )
    }
    child.kill('SIGTERM')
    // The first that ends shows that nobody waits for the full one, which has a few seconds from then on.
    await until(() => readers.some((reader) => reader.isOver()))
    full.resume()
    await until(() => [...readers, full].every((reader) => reader.isOver()))
    expect(await ended).toBe(0)
    for (const reader of [...readers, full]) {
      expect(reader.of('server-restarting')).toEqual([{ event: 'server-restarting', id: undefined, data: '{"retry_ms":1000}' }])
    }
    expect([...readers, full].map((reader) => reader.of('bridge_stopped').length)).toEqual([1, 1, 1, 0, 0, 1])
  })
})

describe('many readers', () => {
  test('leave nothing behind when they go, and one that fails fails alone', async () => {
    const app = await served()
    const heard: number[] = []
    app.hub.listen(() => {
      throw new Error('a listener that fails')
    })
    app.hub.listen((events) => heard.push(...events.map(({ seq }) => seq)))
    const sockets = []
    for (let i = 0; i < 5_000; i++) {
      const path = i % 2 ? '/api/events' : '/ui/stream'
      const socket = connect(app.socketPath).on('error', () => {})
      onTestFinished(() => void socket.destroy())
      socket.resume().write(`GET ${path} HTTP/1.1\r\nHost: telltale\r\n\r\n`)
      sockets.push(socket)
      if (i % 200 === 199) await until(() => app.streams.size === i + 1)
    }
    expect([app.streams.size, firehose(app).readers, app.hub.readers]).toEqual([5_000, 2_500, 2_500])
    await post(app, 10)
    expect(heard).toEqual(numbers(1, 10))
    for (const [i, socket] of sockets.entries()) i % 3 ? socket.destroy() : socket.end()
    await until(() => app.streams.size === 0)
    expect([firehose(app).readers, app.hub.readers, firehose(app).lag]).toEqual([0, 0, 0])
  })
})
