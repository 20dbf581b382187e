import { describe, expect, test } from 'vitest'
import { firehose } from '../../src/live/firehose.ts'
import { Reader } from '../../src/live/reader.ts'
import { Ring } from '../../src/live/ring.ts'
import type { Stream } from '../../src/live/stream.ts'
import { after } from '../../src/log/log.ts'
import { until } from '../support/server.ts'
import { firehoseOf, numbers, post, reading, served } from '../support/wire.ts'

const dataOf = (frame: { data: string } | undefined) => JSON.parse(frame?.data ?? 'null')

describe('a reader of the firehose', () => {
  test('first receives the head of the log, in a frame that does not move its cursor', async () => {
    const app = await served()
    await post(app, 3)
    const reader = await firehoseOf(app)
    expect(reader.text()).toMatch(/^retry: 1000\nevent: ready\ndata: /)
    expect(reader.frames[0]).toMatchObject({ event: 'ready', id: undefined })
    expect(dataOf(reader.frames[0])).toEqual({
      epoch: app.epoch,
      seq: 3,
      oldest: 1,
      server_time: '2026-11-21T12:00:00.000Z',
      heartbeat_s: 10,
      max_s: app.config['stream-max-seconds'],
    })
    await post(app, 1)
    await until(() => reader.seqs().length > 0)
    expect(reader.seqs()).toEqual([4])
    expect(reader.frames[1]).toMatchObject({ event: 'reading.taken', id: `4.${app.epoch}` })
  })

  test('resumes after its cursor, from the header rather than the URL', async () => {
    const app = await served()
    await post(app, 20)
    const [bySince, byHeader, both, fromTheStart] = await Promise.all([
      firehoseOf(app, `?since=15.${app.epoch}`),
      firehoseOf(app, '', { 'last-event-id': `17.${app.epoch}` }),
      firehoseOf(app, `?since=2.${app.epoch}`, { 'last-event-id': `18.${app.epoch}` }),
      firehoseOf(app, '?since=0'),
    ])
    await post(app, 1)
    for (const reader of [bySince, byHeader, both, fromTheStart]) await until(() => reader.seqs().includes(21))
    expect(bySince.seqs()).toEqual(numbers(16, 21))
    expect(byHeader.seqs()).toEqual(numbers(18, 21))
    expect(both.seqs()).toEqual(numbers(19, 21))
    expect(fromTheStart.seqs()).toEqual(numbers(1, 21))
  })

  test.each([
    ['of another run of the log', '2.otherrun', 'started over'],
    ['from the future', '99.EPOCH', 'future'],
    ['that is garbage', 'garbage', 'cursor is invalid'],
    ['with a NUL in it', '1%00.EPOCH', 'cursor is invalid'],
    ['with a line break in it', '1.EPOCH%0d%0aid: 9', 'cursor is invalid'],
    ['below zero', '-1.EPOCH', 'cursor is invalid'],
    ['larger than a number holds', `${'9'.repeat(40)}.EPOCH`, 'cursor is invalid'],
    ['of ten thousand characters', 'x'.repeat(10_000), 'cursor is invalid'],
  ])('is reset when its cursor is one %s, and then receives what happens', async (_, cursor, why) => {
    const app = await served()
    await post(app, 3)
    const reader = await firehoseOf(app, `?since=${cursor.replace('EPOCH', app.epoch).replaceAll(' ', '%20')}`)
    await until(() => reader.of('reset').length > 0)
    expect(reader.of('reset')[0]).toMatchObject({ id: undefined })
    expect(dataOf(reader.of('reset')[0])).toEqual({ epoch: app.epoch, seq: 3, reason: expect.stringContaining(why) })
    await post(app, 1)
    await until(() => reader.seqs().length > 0)
    expect(reader.seqs()).toEqual([4])
  })

  test('with a header of a megabyte is refused before it reaches the app, and harms nobody', async () => {
    const app = await served()
    const reader = await reading({ socketPath: app.socketPath }, '/api/events', { 'last-event-id': 'x'.repeat(1_048_576) })
    expect(reader.status).toBe(431)
    expect((await firehoseOf(app)).status).toBe(200)
  })

  test('that joins while others post receives everything once, from the table, the ring and live', async () => {
    const app = await served()
    await post(app, 300) // before the ring begins: only the table has these
    const first = await firehoseOf(app, '?lossless=1')
    const done = Promise.all(numbers(1, 10).map(() => post(app, 300)))
    const joined = []
    for (const from of [0, 1, 150, 299, 300, 301, 500, 700]) {
      await until(() => app.hub.head >= from + 100)
      joined.push({ from, reader: await firehoseOf(app, `?lossless=1&since=${from}.${app.epoch}`) })
    }
    await done
    for (const { from, reader } of [...joined, { from: 300, reader: first }]) {
      await until(() => reader.seqs().at(-1) === 3300)
      expect(reader.seqs()).toEqual(numbers(from + 1, 3300))
      expect([reader.of('gap'), reader.of('reset')]).toEqual([[], []])
    }
  })

  test('that keeps reading loses nothing of a burst, however long', async () => {
    const app = await served()
    const reader = await firehoseOf(app)
    const burst = numbers(1, 100).map(() => ({ source: 'test', kind: 'reading.taken' }))
    await Promise.all(numbers(1, 30).map(() => app.json('/api/events', burst)))
    await until(() => reader.seqs().at(-1) === 3_000)
    expect([reader.of('gap'), reader.seqs()]).toEqual([[], numbers(1, 3_000)])
  })

  test('can start with the newest events, as many and of the kinds that it requests', async () => {
    const app = await served()
    for (const kind of ['reading.taken', 'door.opened', 'reading.taken', 'door.opened', 'reading.taken']) await post(app, 1, { kind })
    const [two, doors, none, all] = await Promise.all([
      firehoseOf(app, '?limit=2'),
      firehoseOf(app, '?limit=1&kinds=door.'),
      firehoseOf(app, '?limit=0'),
      firehoseOf(app, '?limit=500'),
    ])
    const resumed = await firehoseOf(app, '?limit=2', { 'last-event-id': `1.${app.epoch}` })
    await post(app, 1, { kind: 'door.opened' })
    for (const reader of [two, doors, none, all, resumed]) await until(() => reader.seqs().includes(6))
    expect(two.seqs()).toEqual([4, 5, 6])
    expect(doors.seqs()).toEqual([4, 6])
    expect(none.seqs()).toEqual([6])
    expect(all.seqs()).toEqual(numbers(1, 6))
    expect(resumed.seqs()).toEqual(numbers(2, 6))
    expect((await reading({ socketPath: app.socketPath }, '/api/events?limit=many')).status).toBe(422)
  })

  test('can have the fields of the payload beside the kind, and a payload cannot pass for another kind', async () => {
    const app = await served()
    const reader = await firehoseOf(app, '?shape=flat')
    const payload = { worker_id: 'w_1', kind: 'local', queues: [], seq: 99 }
    await app.json('/api/events', { source: 'test', kind: 'worker.launched', payload })
    await until(() => reader.seqs().length > 0)
    expect(dataOf(reader.of('worker.launched')[0])).toEqual({ kind: 'worker.launched', seq: 1, worker_id: 'w_1', queues: [] })
  })
})

describe('a reader that wants only some of the log', () => {
  test('receives the kinds, prefixes and subject that it names, and nothing else', async () => {
    const app = await served()
    const wants = {
      '?kinds=task.': [1, 2],
      '?kinds=task.created': [1],
      '?kinds=task': [],
      '?kinds=door.opened,%20task.lost': [2, 3, 4],
      '?subject=door:d_1@test': [3],
      '?kinds=door.&subject=door:d_2@test': [4],
      '?subject=door:d_1': [],
      '': [1, 2, 3, 4, 5],
    }
    const readers = await Promise.all(Object.keys(wants).map((query) => firehoseOf(app, query)))
    const event = (kind: string, subject: string, payload = {}) => app.json('/api/events', { source: 'test', kind, subject, payload })
    await event('task.created', 'task:t_1', { task_id: 't_1', state: 'queued', urgency: 'low', contract: null })
    await event('task.lost', 'task:t_1')
    await event('door.opened', 'door:d_1')
    await event('door.opened', 'door:d_2')
    await event('taskforce.met', 'x:1')
    await until(() => readers.at(-1)?.seqs().length === 5)
    expect(readers.map((reader) => reader.seqs())).toEqual(Object.values(wants))
  })

  test('never gets the bytes of a batch for another reader', async () => {
    const app = await served()
    const one = await firehoseOf(app, `?subject=${encodeURIComponent('a b@test')}&kinds=door.opened`)
    const other = await firehoseOf(app, `?subject=a&kinds=${encodeURIComponent('b@test door.opened')}`)
    await post(app, 1, { kind: 'door.opened', subject: 'a b' })
    await until(() => one.seqs().length === 1)
    await app.json('/api/events', { source: 'test', kind: 'door.opened', subject: 'a' })
    const last = await firehoseOf(app, '?since=0')
    await until(() => last.seqs().length === 2)
    expect([one.seqs(), other.seqs()]).toEqual([[1], []])
  })

  test('is moved past filtered events by an id without data, so that it can always resume', async () => {
    const app = await served()
    const reader = await firehoseOf(app, '?kinds=door.opened')
    const whole = await firehoseOf(app)
    await post(app, 5)
    await until(() => whole.seqs().length === 5)
    app.time.pass(15_000)
    firehose(app).tick()
    await until(() => reader.text().includes('id: '))
    expect(reader.text().slice(reader.text().indexOf('id: '))).toBe(`id: 5.${app.epoch}\n\n`)
    expect(reader.frames.map(({ event }) => event)).toEqual(['ready'])
    // The control: a reader that hears everything has its cursor already, and gets a comment at most.
    expect(whole.text()).not.toMatch(/id: \S+\n\n/)
  })

  test('of one thing receives its events, a heartbeat after 30 quiet seconds, and finally the end', async () => {
    const app = await served()
    const { body } = await app.json('/api/tasks', { title: 'x', command: 'true' })
    const reader = await reading({ socketPath: app.socketPath }, `/api/tasks/${body.item.id}/events?since=0`)
    await until(() => reader.seqs().length === 1)
    app.time.pass(29_000)
    firehose(app).tick()
    await post(app, 1)
    app.time.pass(1_000)
    firehose(app).tick()
    await until(() => reader.of('heartbeat').length > 0)
    expect(reader.of('heartbeat')).toEqual([{ event: 'heartbeat', id: undefined, data: `{"timestamp":${Math.floor(app.clock.now() / 1000)}}` }])
    expect(reader.of('bus.heartbeat')).toEqual([])
    await app.json(`/api/tasks/${body.item.id}/cancel`, {})
    await until(() => reader.of('task.state_changed').length === 1)
    firehose(app).stop()
    await until(() => reader.of('bridge_stopped').length === 1)
    expect(reader.seqs()).toEqual([1, 3])
  })
})

test('a replay of large events is written piece by piece: what a slow socket does not take is not piled up', async () => {
  const app = await served()
  const large = { text: 'x'.repeat(60_000) }
  for (let i = 0; i < 4; i++)
    await app.json(
      '/api/events',
      numbers(1, 15).map((n) => ({ source: 'lab', source_id: `${i}.${n}`, kind: 'reading.taken', payload: large })),
    )
  const written: number[] = []
  const stream = { isOpen: true, blocked: false, write: (bytes: Buffer) => written.push(bytes.length), cut() {} }
  const stats = { delivered: 0, gaps: 0, dropped: 0 }
  const ring = new Ring(app.epoch, app.hub.head)
  const parts = { ring, load: (seq: number, limit: number) => after(app.db, seq, limit), stats, clock: app.time }
  const reader = new Reader(stream as unknown as Stream, 0, { kinds: [], shape: 'envelope', lossless: true }, parts)
  reader.pump(new Map())
  await until(() => reader.lag === 0)
  expect(stats.delivered).toBe(60)
  expect(written.length).toBeGreaterThan(10)
  expect(Math.max(...written)).toBeLessThan(330_000)
})
