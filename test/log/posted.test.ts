import { describe, expect, test } from 'vitest'
import { owner } from '../support/app.ts'
import { onSqlite } from '../support/engine.ts'
import { firehoseOf, numbers, post, posted, served } from '../support/wire.ts'

const event = (fields: Record<string, unknown> = {}) => ({ source: 'lab', kind: 'reading.taken', ...fields })

describe('events that other programs post', () => {
  test('are stored once for each source and id, and a repeat returns the first number', async () => {
    const app = await served()
    const reader = await firehoseOf(app)
    const first = await app.json('/api/events', [event({ source_id: 'a' }), event({ source_id: 'b' }), event({ source_id: 'a', payload: { other: true } })])
    expect([first.status, first.body]).toEqual([
      200,
      {
        epoch: app.epoch,
        seq: 2,
        items: [
          { seq: 1, duplicate: false },
          { seq: 2, duplicate: false },
          { seq: 1, duplicate: true },
        ],
      },
    ])
    expect(first.headers.get('x-live-seq')).toBe(`2.${app.epoch}`)
    const again = await app.json('/api/events', [event({ source_id: 'b' }), event({ source: 'other', source_id: 'b' }), event({ source_id: 'c' })])
    expect(again.body.items).toEqual([
      { seq: 2, duplicate: true },
      { seq: 3, duplicate: false },
      { seq: 4, duplicate: false },
    ])
    const answers = await Promise.all(numbers(1, 20).map(() => app.json('/api/events', event({ source_id: 'same' }))))
    const items = answers.flatMap(({ body }) => body.items)
    // PostgreSQL leaves a hole where one of them was stored by another change first.
    expect(new Set(items.map(({ seq }) => seq)).size).toBe(1)
    expect(items.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    await post(app, 1)
    await expect.poll(() => reader.seqs()).toEqual([...numbers(1, 4), items[0].seq, app.hub.head])
  })

  test('may be nested as deep as the log can hold; what is deeper is refused by its place', async () => {
    const app = await served()
    const nested = (levels: number) => ({ a: JSON.parse(`${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`) })
    expect((await app.json('/api/events', event({ payload: nested(1000) }))).status).toBe(200)
    const refused = await app.json('/api/events', [event(), event({ payload: nested(1001) })])
    expect([refused.status, Object.keys(refused.body.fields)]).toEqual([422, ['1.payload']])
    expect((await app.json('/api/events', event({ payload: nested(30_000) }))).status).toBe(422)
    expect(app.hub.head).toBe(1)
  })

  test('keep their order within a request, however many requests come at once', async () => {
    const app = await served()
    const answers = await Promise.all(
      numbers(1, 30).map((request) =>
        app.json(
          '/api/events',
          numbers(1, 20).map((n) => event({ source_id: `${request}.${n}`, payload: { request, n } })),
        ),
      ),
    )
    for (const { body } of answers) {
      const seqs = body.items.map(({ seq }: { seq: number }) => seq)
      expect(seqs).toEqual(numbers(seqs[0], seqs[0] + 19))
    }
    expect(answers.map(({ body }) => body.items[0].seq).sort((a, b) => a - b)).toEqual(numbers(0, 29).map((i) => 1 + i * 20))
  })

  test('are stored all or not at all: an invalid one is named, and none is stored', async () => {
    const app = await served()
    const wrong = await app.json('/api/events', [event(), event(), event({ kind: 'Not a kind' })])
    expect([wrong.status, wrong.headers.get('content-type'), Object.keys(wrong.body.fields)]).toEqual([422, 'application/problem+json', ['2.kind']])
    expect(wrong.body.detail).toMatch(/^Event 3: kind/)
    const known = await app.json('/api/events', event({ kind: 'task.deleted', payload: { task_id: 7 } }))
    expect([known.status, Object.keys(known.body.fields)]).toEqual([422, ['payload.task_id', 'payload.reason']])
    for (const body of [[], numbers(1, 101).map(() => event()), 'text', 7, null]) expect((await app.json('/api/events', body)).status).toBe(422)
    expect((await app.json('/api/events', undefined, { method: 'POST', body: '{"kind":', headers: { 'content-type': 'application/json' } })).status).toBe(422)
    expect((await app.json('/api/events', event({ payload: { text: 'x'.repeat(1_100_000) } }))).status).toBe(413)
    expect(await app.logged()).toEqual([])
    expect(
      (
        await app.json(
          '/api/events',
          numbers(1, 100).map(() => event()),
        )
      ).body.items,
    ).toHaveLength(100)
  })

  test('may be CloudEvents, in each of the three modes of HTTP', async () => {
    const app = await served()
    const cloud = { specversion: '1.0', id: '1', source: '/lab/7', type: 'com.example.Reading.taken', subject: 'sensor:s_1', time: '2026-11-21T11:00:00Z' }
    const send = (type: string, body: unknown, headers: Record<string, string> = {}) =>
      app.json('/api/events', body, { headers: { 'content-type': type, ...headers } })
    const ce = { 'ce-specversion': '1.0', 'ce-id': '4', 'ce-source': '/lab/%C3%A9', 'ce-type': 'com.example.reading.taken' }
    expect((await send('application/cloudevents+json; charset=utf-8', { ...cloud, data: { c: 21 } })).body.items).toEqual([{ seq: 1, duplicate: false }])
    const batch = [
      { ...cloud, id: '2', data: [1, 2] },
      { ...cloud, id: '3' },
      { ...cloud, data: { c: 22 } },
    ]
    expect((await send('application/cloudevents-batch+json', batch)).body.items.map(({ seq }: { seq: number }) => seq)).toEqual([2, 3, 1])
    expect((await send('application/json', { c: 23 }, ce)).status).toBe(200)
    expect((await send('application/cloudevents+json', { ...cloud, id: '5', data_base64: 'AQID' })).status).toBe(200)
    expect((await send('application/cloudevents+json', { ...cloud, specversion: '0.3' })).status).toBe(422)
    expect((await send('application/json', {}, { ...ce, 'ce-source': '%zz' })).status).toBe(422)
    const { body } = await app.json('/api/events?order=asc', undefined, { headers: { accept: 'application/json' } })
    expect(body.items).toMatchObject([
      {
        seq: 1,
        kind: 'com.example.reading.taken',
        source: '/lab/7',
        source_id: '1',
        subject: 'sensor:s_1@/lab/7',
        at: '2026-11-21T11:00:00.000Z',
        payload: { c: 21 },
      },
      { seq: 2, source_id: '2', payload: { data: [1, 2] } },
      { seq: 3, source_id: '3', payload: {} },
      { seq: 4, source: '/lab/é', source_id: '4', payload: { c: 23 } },
      { seq: 5, source_id: '5', payload: { data_base64: 'AQID' } },
    ])
  })

  // One change that does not end holds up all others.
  onSqlite('are refused with a retry time while too many changes are waiting, and none of them is stored', async () => {
    const app = await served()
    let release = () => {}
    const held = app.mutate(owner, () => new Promise<void>((resolve) => (release = resolve)))
    const waiting: ReturnType<typeof app.json>[] = []
    while (app.mutate.waiting <= 500) {
      waiting.push(app.json('/api/events', event({ source_id: `waits ${waiting.length}` })))
      await new Promise(setImmediate)
    }
    const refused = await app.json('/api/events', event({ source_id: 'refused' }))
    expect([refused.status, refused.headers.get('retry-after'), refused.body.status]).toEqual([503, '1', 503])
    release()
    await held
    // On a machine that is slow enough, some of these are turned away as well.
    const taken = (await Promise.all(waiting)).filter(({ status }) => status === 200).length
    expect(taken).toBeGreaterThanOrEqual(500)
    await post(app, 1)
    const again = await posted(app, event({ source_id: 'refused' }))
    expect(again.body).toMatchObject({ seq: taken + 2, items: [{ seq: taken + 2, duplicate: false }] })
  })
})

describe('the log as pages of JSON', () => {
  const page = async (app: Awaited<ReturnType<typeof served>>, url: string) =>
    (await app.json(url, undefined, { headers: { accept: 'application/json' } })).body

  test.each(['asc', 'desc'] as const)('is whole in order %s, without a hole or a repetition, while others post', async (order) => {
    const app = await served()
    await post(app, 1_000)
    const seqs: number[] = []
    let url: string | null = `/api/events?order=${order}&limit=70`
    while (url) {
      await post(app, 7)
      const { items, next, epoch, seq } = await page(app, url)
      expect([epoch, seq]).toEqual([app.epoch, app.hub.head])
      seqs.push(...items.map((item: { seq: number }) => item.seq))
      url = next
    }
    const all = numbers(1, order === 'asc' ? app.hub.head : 1_007)
    expect(seqs).toEqual(order === 'asc' ? all : all.reverse())
  })

  test('is filtered as the stream is, and refuses an id of another run', async () => {
    const app = await served()
    for (const kind of ['door.opened', 'reading.taken', 'door.closed', 'doorbell.rung']) await post(app, 2, { kind })
    const seqs = async (query: string) => (await page(app, `/api/events?order=asc&${query}`)).items.map(({ seq }: { seq: number }) => seq)
    expect(await seqs('kinds=door.')).toEqual([1, 2, 5, 6])
    expect(await seqs('kinds=door.opened,doorbell.rung')).toEqual([1, 2, 7, 8])
    expect(await seqs(`since=6.${app.epoch}`)).toEqual([7, 8])
    expect(await seqs('since=6')).toEqual([7, 8])
    expect(await seqs('subject=nothing:1')).toEqual([])
    expect((await app.json('/api/events?since=6.otherrun', undefined, { headers: { accept: 'application/json' } })).status).toBe(409)
    for (const query of ['since=x', 'limit=0', 'limit=501', 'order=up']) {
      expect((await app.json(`/api/events?${query}`, undefined, { headers: { accept: 'application/json' } })).status).toBe(422)
    }
  })
})
