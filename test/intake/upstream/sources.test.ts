import type { IncomingMessage, ServerResponse } from 'node:http'
import { CompiledQuery } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { UpstreamConfig } from '../../../src/config/upstream.ts'
import { take } from '../../../src/intake/upstream/intake.ts'
import { PACE } from '../../../src/intake/upstream/upstream.ts'
import { Upstreams } from '../../../src/intake/upstream/upstreams.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { onSqlite } from '../../support/engine.ts'
import { until } from '../../support/server.ts'
import { serving } from './nodes.ts'

/** The back-off of the product, a hundred times faster; what is tested is its form. */
const QUICK = { ...PACE, firstMs: 10, longestMs: 300, refusedMs: 300, goodMs: 300 }
const remote = { kind: 'sse', name: 'feed', token: undefined, kinds: [], since: 'now' } as const

async function reading(config: UpstreamConfig, pace = QUICK) {
  const app = await testApp({ upstreams: [config] })
  const upstreams = new Upstreams(app, pace)
  onTestFinished(() => upstreams.stop())
  await upstreams.start()
  return { app, upstreams, state: () => upstreams.states()[0]! }
}

async function heard(app: TestApp) {
  const rows = await app.db.selectFrom('events').selectAll().where('source', '!=', 'local').orderBy('seq').execute()
  return rows.map(({ kind, source_id, subject, payload }) => ({ kind, source_id, subject, payload: JSON.parse(payload) }))
}

const health = async (app: TestApp) => {
  const rows = await app.db.selectFrom('events').selectAll().where('kind', '=', 'component.health_changed').orderBy('seq').execute()
  return rows.map(({ subject, payload }) => ({ subject, ...JSON.parse(payload) }))
}

const eventStream = (response: ServerResponse) => response.writeHead(200, { 'Content-Type': 'text/event-stream' })

/** A stream of numbered events that resumes after the reader's cursor, and breaks each connection as `mishap` says. */
function numbered(most: number, mishap: (connection: number, response: ServerResponse) => 'answered' | number) {
  const seen: { cursor: string | undefined; at: number }[] = []
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const cursor = request.headers['last-event-id'] as string | undefined
    seen.push({ cursor, at: performance.now() })
    const count = mishap(seen.length, response)
    if (count === 'answered') return
    eventStream(response)
    const from = Number(cursor ?? 0)
    const to = Math.min(most, from + count)
    for (let n = from + 1; n <= to; n++) response.write(`id: ${n}\nevent: build.finished\ndata: {"n":${n}}\n\n`)
    response.write(`id: ${to + 1}\nevent: build.finished\ndata: {"n":`) // cut off: no event, and its id is no cursor
    if (to < most) setImmediate(() => response.destroy())
  }
  return { listener, seen }
}

test('a stream that is refused, cut in the middle of an event and restarted arrives whole, once and in order', async () => {
  const { listener, seen } = numbered(60, (connection, response) => {
    if (connection % 3 !== 1) return 7
    response.writeHead(503, { 'Retry-After': '0' }).end()
    return 'answered'
  })
  const url = await serving(listener)
  const { app, state } = await reading({ ...remote, url })
  await until(async () => (await heard(app)).length >= 60)
  const events = await heard(app)
  expect(events.map(({ payload }) => payload.n)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  expect(events[0]).toEqual({ kind: 'build.finished', source_id: '1', subject: 'source:feed', payload: { n: 1 } })
  expect(state()).toMatchObject({ state: 'live', received: 60, duplicates: 0, refused: 0, target: url })
  expect(seen.filter(({ cursor }) => cursor === '7').length).toBeGreaterThan(0)
  const told = await health(app)
  expect(told.every(({ subject }) => subject === 'component:upstream:feed')).toBe(true)
  expect(told.every(({ available }, i) => i === 0 || available !== told[i - 1]?.available)).toBe(true)
})

test('Retry-After and retry: are honoured; the control without them is back at once', async () => {
  const back = async (answer: (response: ServerResponse) => void) => {
    const { listener, seen } = numbered(1, (connection, response) => {
      if (connection > 1) return 1
      answer(response)
      return 'answered'
    })
    const { upstreams } = await reading({ ...remote, url: await serving(listener) })
    await until(() => seen.length >= 2)
    await upstreams.stop()
    return seen[1]!.at - seen[0]!.at
  }
  expect(await back((response) => response.writeHead(503, { 'Retry-After': '1' }).end())).toBeGreaterThan(950)
  expect(await back((response) => eventStream(response).end('retry: 280\n\n'))).toBeGreaterThan(270)
  // On a busy machine a try may be late for other reasons; the control needs only one that is not.
  await until(async () => (await back((response) => eventStream(response).end())) < 270)
})

test('the pause doubles up to the longest, with jitter, while the upstream is down', async () => {
  const { state } = await reading({ ...remote, url: 'http://127.0.0.1:9/' }, { ...QUICK, firstMs: 1, longestMs: 100 })
  await until(() => state().retries >= 12 && state().state === 'waiting')
  expect(state().last_error).toBe('nothing listens there (ECONNREFUSED)')
  expect(state().received).toBe(0)
  expect(state().next_try_ms).toBeLessThanOrEqual(100)
})

test('a silent stream is closed; one that sends a comment now and then is kept', async () => {
  let silent = 0
  const quiet = await serving((_, response) => {
    silent++
    eventStream(response).write(':\n\n')
  })
  let kept = 0
  const talking = await serving((_, response) => {
    kept++
    eventStream(response)
    const timer = setInterval(() => response.write(':\n'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const pace = { ...QUICK, silenceMs: 500 }
  const [stalled, control] = [await reading({ ...remote, url: quiet }, pace), await reading({ ...remote, url: talking }, pace)]
  await until(() => silent >= 3)
  expect(stalled.state().last_error).toBe('it was silent for 0.5 s')
  expect([kept, control.state().state]).toEqual([1, 'live'])
})

test.each([401, 403, 404])('%i is a refusal: reported once, and retried only after a long pause', async (status) => {
  let tries = 0
  const url = await serving((_, response) => {
    tries++
    response.writeHead(status).end()
  })
  const { app, state } = await reading({ ...remote, url }, { ...QUICK, refusedMs: 100 })
  await until(() => tries >= 3)
  expect(state().state).toMatch(/refused|connecting/)
  expect(state().last_error).toContain(`it responded with ${status}`)
  expect(await health(app)).toMatchObject([{ available: false, state: 'refused' }])
})

test('a token is sent to its own origin only', async () => {
  const strangers: (string | undefined)[] = []
  const stranger = await serving((request, response) => {
    strangers.push(request.headers.authorization)
    eventStream(response).write('data: here\n\n')
  })
  const home: (string | undefined)[] = []
  const url = await serving((request, response) => {
    home.push(request.headers.authorization)
    const location = request.url === '/' ? '/moved' : stranger
    response.writeHead(307, { location }).end()
  })
  const secret = await reading({ ...remote, token: 'tt_secret', url })
  await until(() => secret.state().state === 'refused')
  expect([home, strangers]).toEqual([['Bearer tt_secret', 'Bearer tt_secret'], []])
  expect(secret.state().last_error).toContain('the token is not for that')
  // The control: without a token it follows.
  const open = await reading({ ...remote, url })
  await until(() => open.state().received === 1)
  expect(strangers).toEqual([undefined])
})

test('any event becomes one of ours: by its own kind, by its event’s name, or by its upstream’s', async () => {
  const url = await serving((_, response) => {
    eventStream(response).write(
      [
        'data: {"kind":"sheet.failed","job_id":7}',
        'event: build.finished\ndata: {"ok":true}',
        'event: Build Finished!\nid: b1\ndata: plain words',
        'data: [1,2]',
        'data: {"kind":"note.added","payload":{"text":"x"},"subject":"note:1","source_id":"s1","source":"pen"}',
        'event: task.created\ndata: {"wrong":true}',
        'event: bus.heartbeat\ndata: {"interval":10}',
        'data: "last"',
        '',
      ].join('\n\n'),
    )
  })
  const { app, state } = await reading({ ...remote, url })
  await until(() => state().received === 6)
  expect(await heard(app)).toMatchObject([
    { kind: 'sheet.failed', payload: { kind: 'sheet.failed', job_id: 7 } },
    { kind: 'build.finished', payload: { ok: true } },
    { kind: 'feed.build_finished_', source_id: 'b1', payload: { data: 'plain words' } },
    { kind: 'feed.message', payload: { data: [1, 2] } },
    { kind: 'note.added', subject: 'note:1@feed', payload: { text: 'x' } },
    { kind: 'feed.message', payload: { data: 'last' } },
  ])
  expect(state().refused).toBe(2)
})

test('a fast stream is read no faster than it is stored', async () => {
  const bytes = Buffer.from(`event: build.finished\ndata: {"text":"${'x'.repeat(2000)}"}\n\n`)
  const most = 20_000
  let sent = 0
  const url = await serving((_, response) => {
    eventStream(response)
    const send = () => {
      while (sent < most) {
        sent++
        if (!response.write(bytes)) return void response.once('drain', send)
      }
    }
    send()
  })
  const { app, upstreams, state } = await reading({ ...remote, url })
  let release = () => {}
  await until(() => state().received > 0)
  const held = app.mutate({ actor: { name: 'test', role: 'admin' } }, () => new Promise<void>((resolve) => (release = resolve)))
  let before = -1
  await until(async () => {
    const isStill = sent === before
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  })
  // Only the kernel's buffers are full: the sender waits, and the rest is not in our memory.
  expect(sent).toBeLessThan(most)
  expect(state().received).toBeLessThan(sent)
  // Stopped while a batch waits for the writer: it does not wait for that.
  await upstreams.stop()
  release()
  await held
})

test('an event of another Telltale is recognised by every route, and one of our own is not stored again', async () => {
  const app = await testApp()
  const [left, right] = [
    { ...remote, kind: 'telltale', url: 'http://a', name: 'left' } as const,
    { ...remote, kind: 'telltale', url: 'http://b', name: 'right' } as const,
  ]
  const arrival = (source_id: string) => [{ event: { kind: 'test.happened', source_id } }]
  expect(await take(app, left, arrival('5.abcdefgh'))).toMatchObject({ received: 1, duplicates: 0 })
  expect(await take(app, right, arrival('5.abcdefgh'))).toMatchObject({ received: 0, duplicates: 1 })
  expect(await take(app, right, arrival(`5.${app.epoch}`))).toMatchObject({ received: 0, duplicates: 1 })
  // The controls: other ids belong to the upstream, even if they resemble ids of a log.
  for (const id of ['7', '1355517523.23456789', '5.short']) {
    expect(await take(app, left, arrival(id))).toMatchObject({ received: 1 })
    expect(await take(app, right, arrival(id))).toMatchObject({ received: 1 })
  }
})

onSqlite('an event that the log cannot hold is refused alone, and the cursor advances', async () => {
  const app = await testApp()
  const rule = "create trigger poison before insert on events when new.source_id = '2' begin select raise(abort, 'poison'); end"
  await app.database.writer.executeQuery(CompiledQuery.raw(rule))
  const arrivals = [1, 2, 3].map((n) => ({ cursor: `${n}`, event: { kind: 'test.happened', source_id: `${n}`, payload: { n } } }))
  expect(await take(app, { ...remote, url: 'http://a' }, arrivals)).toMatchObject({ received: 2, duplicates: 0, refused: 1, refusal: 'the log cannot hold it' })
  expect((await heard(app)).map(({ source_id }) => source_id)).toEqual(['1', '3'])
  expect(await app.db.selectFrom('upstream_cursors').selectAll().execute()).toMatchObject([{ name: 'feed', cursor: '3' }])
})

test('a loss that another Telltale announces is counted and logged, and reading continues after it', async () => {
  const cursors: (string | undefined)[] = []
  const record = (seq: number) => {
    const data = {
      seq,
      epoch: 'newepoch',
      kind: 'test.happened',
      at: '2026-11-20T12:00:00.000Z',
      subject: 'test:1',
      actor: 'ana',
      source: 'local',
      cause: 3,
      payload: { seq },
    }
    return `id: ${seq}.newepoch\nevent: test.happened\ndata: ${JSON.stringify(data)}\n\n`
  }
  const url = await serving((request, response) => {
    cursors.push(request.headers['last-event-id'] as string | undefined)
    const reset = cursors.length === 2 ? 'event: reset\ndata: {"epoch":"newepoch","seq":40,"reason":"the log was started over"}\n\nid: 41.newepoch\n\n' : ''
    eventStream(response).write(
      `event: ready\ndata: {"epoch":"oldepoch","seq":7}\nretry: 10\n\n${reset}${cursors.length === 3 ? record(42) : 'event: end\ndata: timeout\n\n'}`,
    )
  })
  const { app, state } = await reading({ ...remote, kind: 'telltale', url })
  await until(() => state().received === 1)
  expect(cursors).toEqual([undefined, '7.oldepoch', '41.newepoch'])
  expect(state()).toMatchObject({ losses: 1, last_error: 'events were lost: the log was started over' })
  expect(await health(app)).toMatchObject([{ state: 'live' }, { state: 'lossy', reason: 'events were lost: the log was started over' }, { state: 'live' }])
  const [event] = await app.db.selectFrom('events').selectAll().where('source', '=', 'feed').execute()
  expect(event).toMatchObject({ subject: 'test:1@feed', actor: 'feed/ana', source_id: '42.newepoch', cause: null, at: Date.UTC(2026, 10, 20, 12) })
})

test('a server that is not a Telltale, or sends no stream, is reported', async () => {
  const url = await serving((request, response) => {
    if (request.url?.startsWith('/page')) response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>hello')
    else eventStream(response).write('data: hello\n\n')
  })
  const stream = await reading({ ...remote, kind: 'telltale', url })
  const page = await reading({ ...remote, url: `${url}/page` })
  await until(() => stream.state().state === 'refused' && page.state().state === 'refused')
  expect(stream.state().last_error).toBe('the server at that address is not a Telltale server')
  expect(page.state().last_error).toBe('it answers text/html, not text/event-stream')
})
