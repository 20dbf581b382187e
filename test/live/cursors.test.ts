import { describe, expect, test } from 'vitest'
import { events } from '../../src/intake/events.ts'
import { until } from '../support/server.ts'
import { firehoseOf, post, reading, type Served, served } from '../support/wire.ts'

const JSON_PLEASE = { headers: { accept: 'application/json' } }

async function working(): Promise<Served> {
  const app = await served()
  await app.json('/api/tasks', { title: 'x', command: 'true' })
  await post(app, 4)
  await app.json('/api/tasks/t_1/description', { description: 'new', version: 1 })
  return app
}

describe('a bare seq', () => {
  test('is a place of this log, in the URL and in the header, for a stream, a subject and the history', async () => {
    const app = await working()
    for (const reader of [await firehoseOf(app, '?since=3'), await firehoseOf(app, '?since=1', { 'Last-Event-ID': '3' })]) {
      await until(() => reader.seqs().length === 3)
      expect([reader.seqs(), reader.of('reset')]).toEqual([[4, 5, 6], []])
    }
    const subject = await reading({ socketPath: app.socketPath }, '/api/tasks/t_1/events?since=1')
    await until(() => subject.seqs().length === 1)
    expect([subject.seqs(), subject.of('reset')]).toEqual([[6], []])
    const { body } = await app.json('/api/tasks/t_1/events?since=1&order=asc', undefined, JSON_PLEASE)
    expect(body.items.map(({ seq }: { seq: number }) => seq)).toEqual([6])
  })

  test('of the future is reported: a stream starts over, the history is refused', async () => {
    const app = await working()
    const reader = await firehoseOf(app, '?since=99')
    await until(() => reader.of('reset').length === 1)
    expect(JSON.parse(reader.of('reset')[0]!.data)).toEqual({ epoch: app.epoch, seq: 6, reason: 'the cursor is from the future' })
    for (const since of ['99', `99.${app.epoch}`]) {
      const { status, body } = await app.json(`/api/events?since=${since}`, undefined, JSON_PLEASE)
      expect([status, body.detail]).toEqual([422, 'since: The log has only reached 6.'])
    }
    // The controls: where the log ends is a place in it, and what is no cursor at all is said to be none.
    expect((await app.json('/api/events?since=6', undefined, JSON_PLEASE)).body.items).toEqual([])
    const none = await firehoseOf(app, '?since=6.')
    await until(() => none.of('reset').length === 1)
    expect(none.of('reset')[0]!.data).toContain('cursor is invalid')
  })
})

describe('the events of a thing that is not there', () => {
  test.each(['tasks/t_nope', 'tasks/t_99', 'workers/w_9', 'queues/nowhere', 'notes/n_1', 'home/x'])('%s: 404, as JSON and as a stream', async (path) => {
    const app = await working()
    expect((await app.json(`/api/${path}/events`, undefined, JSON_PLEASE)).status).toBe(404)
    const stream = await reading({ socketPath: app.socketPath }, `/api/${path}/events`)
    expect([stream.status, stream.headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(app.streams.size).toBe(0)
  })

  test('is distinguished from a thing without a page but with events', async () => {
    const app = await working()
    await app.mutate({ actor: { name: 'owner', role: 'admin' } }, (tx) =>
      tx.emit(events.healthChanged, 'component:upstream:far', { component_id: 'upstream:far', available: true, reason: 'x' }),
    )
    for (const path of ['tasks/t_1', 'components/upstream:far']) {
      const { status, body } = await app.json(`/api/${path}/events`, undefined, JSON_PLEASE)
      expect([status, body.items.length > 0]).toEqual([200, true])
    }
  })
})
