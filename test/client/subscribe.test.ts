import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect, type Event, Missed, Refused, type SubscribeOptions } from '../../src/client/index.js'
import { temporaryFolder, until } from '../support/server.ts'
import { answering, Site, upTo } from './servers.ts'

const KIND = 'backup.finished'
type Answer = (res: ServerResponse, req: IncomingMessage) => void

describe('a subscription', () => {
  test('receives what is published, unchanged, and only the requested kinds', async () => {
    const site = new Site()
    await site.start()
    const client = connect({ data: site.data, source: 'nas' })
    onTestFinished(() => client.close())
    const token = await site.token('viewer')
    const [all, some, one] = [
      reading({ url: site.url, token }),
      reading({ data: site.data }, { kinds: ['backup.', 'task.deleted'] }),
      reading({ data: site.data }, { subject: 'host:b@nas' }),
    ]
    await until(() => [all, some, one].every(({ ready }) => ready.length === 1))
    const text = 'CR \r LF \n CRLF \r\n NUL \0 \u2028 \u2029 \u0085 é 😀 data: x\n\nid: 7\n\n'
    await client.publish(KIND, { text, [text]: [text] }, { subject: 'host:a' })
    await client.publish('other.thing_done', { n: 1 }, { subject: 'host:b' })
    await client.publish('task.deleted', { task_id: 't_1', reason: text })
    await until(() => all.events.length === 3 && some.events.length === 2 && one.events.length === 1)
    expect(all.events[0]).toMatchObject({ seq: 2, kind: KIND, source: 'nas', subject: 'host:a@nas', payload: { text, [text]: [text] } })
    expect(some.events.map(({ seq }) => seq)).toEqual([2, 4])
    expect(one.events.map(({ seq }) => seq)).toEqual([3])
    expect(await site.log()).toEqual(all.events)
  })

  test('starts as requested: now, at a cursor, at the beginning, or some events back', async () => {
    const site = new Site()
    await site.start()
    const client = connect({ data: site.data })
    for (const n of upTo(5)) await client.publish(KIND, { n })
    const epoch = (await site.log())[0]?.epoch
    const places: [SubscribeOptions, number[]][] = [
      [{}, [6]],
      [{ since: `3.${epoch}` }, [4, 5, 6]],
      [{ since: '0' }, [1, 2, 3, 4, 5, 6]],
      [{ limit: 2 }, [4, 5, 6]],
    ]
    const readers = places.map(([options]) => reading({ data: site.data }, options))
    await until(() => readers.every(({ ready }) => ready.length === 1))
    await client.publish(KIND)
    await until(() => readers.every(({ events }) => events.at(-1)?.seq === 6))
    expect(readers.map(({ events }) => events.map(({ seq }) => seq))).toEqual(places.map(([, seqs]) => seqs))
    client.close()
  })

  test('that cannot resume throws, or calls its callback and continues', async () => {
    const site = new Site()
    await site.start()
    const client = connect({ data: site.data })
    await client.publish(KIND)
    await expect(client.subscribe({ since: '1.otherrun' }).next()).rejects.toThrow(Missed)
    const resets: unknown[] = []
    const reader = reading({ data: site.data }, { since: '1.otherrun', onReset: (reset) => resets.push(reset) })
    await until(() => resets.length === 1)
    expect(resets[0]).toMatchObject({ seq: 1, reason: expect.any(String) })
    await client.publish(KIND)
    await until(() => reader.events.length === 1)
    expect(reader.events[0]?.seq).toBe(2)
    client.close()
  })

  test('that the server refuses throws; without a server it waits, and ends with its signal', async () => {
    const site = new Site()
    await site.start()
    await expect(
      connect({ url: site.url, token: await site.token('ingest') })
        .subscribe()
        .next(),
    ).rejects.toThrow(Refused)
    const ended = new AbortController()
    const waiting = connect({ data: temporaryFolder() }).subscribe({ signal: ended.signal }).next()
    ended.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const reader = reading({ data: site.data })
    await until(() => reader.ready.length === 1)
    reader.end()
    await reader.over
    await until(async () => (await site.get<{ streams: number }>('/api/hub')).streams === 0)
  })
})

describe('a subscription keeps its cursor', () => {
  test('over a broken connection, a refusal in passing, a planned end and a frame without data', async () => {
    const cursors: unknown[] = []
    const answers: Answer[] = [
      (res) => stream(res).end(`${frame(1)}${frame(2)}id: 3.e\nevent: backup.finished\ndata: {"cut`),
      (res) => void res.writeHead(503, { 'retry-after': '0' }).end('{}'),
      (res) => res.destroy(),
      (res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>a proxy'),
      (res) => stream(res).end(`${frame(3)}id: 7.e\n\n`),
      (res) => stream(res).write(`retry: 5\nevent: end\ndata: timeout\n\n${frame(99)}`),
      (res) => stream(res).write('event: server-restarting\ndata: {"retry_ms":5}\n\n'),
      (res) => stream(res).write(frame(8)),
    ]
    const url = await answering((req, res) => {
      cursors.push([new URL(req.url as string, 'http://x').searchParams.get('since'), req.headers['last-event-id']])
      answers.shift()?.(res, req)
    })
    const reader = reading({ url }, { since: '0' })
    await until(() => reader.events.length === 4)
    expect(reader.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 8])
    const resumed = (id: string) => [null, id]
    expect(cursors).toEqual([['0', undefined], ...Array(4).fill(resumed('2.e')), ...Array(3).fill(resumed('7.e'))])
  })

  test('also before the first event: it resumes from where it was ready', async () => {
    const cursors: unknown[] = []
    const url = await answering((req, res) => {
      cursors.push(req.headers['last-event-id'])
      if (cursors.length === 1) stream(res).end()
      else stream(res).write(frame(5))
    })
    const reader = reading({ url }, { limit: 3 })
    await until(() => reader.events.length === 1)
    expect(cursors).toEqual([undefined, '4.e'])
  })

  test('when the connection is silent, and only then', async () => {
    let connections = 0
    const silent = await answering((_, res) => void (++connections === 1 ? stream(res, 0.4) : stream(res).write(frame(5))))
    const reader = reading({ url: silent })
    await until(() => reader.events.length === 1)
    expect(connections).toBe(2)
    let comments = 0
    const speaking = await answering((_, res) => {
      connections++
      stream(res, 0.4)
      const timer = setInterval(() => res.write(`:${++comments}\n\n`), 50)
      res.on('close', () => clearInterval(timer))
    })
    reading({ url: speaking })
    await until(() => comments >= 40)
    expect(connections).toBe(3)
  })

  test('with a gap it throws, or calls its callback and continues', async () => {
    const gap = { from: 5, to: 8, dropped: 4 }
    const url = await answering((_, res) => void stream(res).write(`event: gap\ndata: ${JSON.stringify(gap)}\n\n${frame(9)}`))
    await expect(connect({ url }).subscribe().next()).rejects.toThrow('4 events were dropped')
    const gaps: unknown[] = []
    const reader = reading({ url }, { onGap: (gap) => gaps.push(gap) })
    await until(() => reader.events.length === 1)
    expect(gaps).toEqual([gap])
  })
})

const frame = (seq: number) => `id: ${seq}.e\nevent: ${KIND}\ndata: ${JSON.stringify({ seq, epoch: 'e', kind: KIND, payload: {} })}\n\n`

/** Begins a stream as the server does, whose log ends at 4. */
function stream(res: ServerResponse, heartbeat_s = 10): ServerResponse {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.write(`retry: 10\nevent: ready\ndata: ${JSON.stringify({ epoch: 'e', seq: 4, heartbeat_s })}\n\n`)
  return res
}

/** Reads beside the test, until that ends. */
function reading(target: Parameters<typeof connect>[0], options: SubscribeOptions = {}) {
  const [events, ready, ended] = [[] as Event[], [] as unknown[], new AbortController()]
  const read = async () => {
    for await (const event of connect(target).subscribe({ ...options, signal: ended.signal, onReady: (told) => ready.push(told) })) events.push(event)
  }
  const over = read()
  onTestFinished(async () => {
    ended.abort()
    await over
  })
  return { events, ready, over, end: () => ended.abort() }
}
