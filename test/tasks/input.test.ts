import { describe, expect, test } from 'vitest'
import { claimed } from '../leases/claimed.ts'
import { type TestApp, testApp } from '../support/app.ts'

const HOLDER = { worker_id: 'w_1', fence: 1 }
const decoded = (items: readonly { data: string }[]) => items.map(({ data }) => Buffer.from(data, 'base64').toString())

async function running(fields: object = { stdin: 'open' }): Promise<TestApp> {
  const app = await testApp()
  await claimed(app, fields)
  await app.json('/api/tasks/t_1/run', HOLDER)
  return app
}

const answer = (app: TestApp, body: object) => app.json('/api/tasks/t_1/input', body)
const feed = (app: TestApp, more: object = {}) => app.json('/api/tasks/t_1/stdin', { ...HOLDER, ...more })

async function logged(app: TestApp) {
  const events = await app.db.selectFrom('events').selectAll().where('kind', '=', 'task.input_sent').orderBy('seq').execute()
  return events.map(({ payload, ...event }) => ({ ...event, payload: JSON.parse(payload) }))
}

/** Passes on what comes next, as a worker does. */
async function passOn(app: TestApp): Promise<string[]> {
  const { body } = await feed(app, { wait_s: 30 })
  await feed(app, { taken: body.items.map(({ id }: { id: string }) => id) })
  return decoded(body.items)
}

describe('an answer to a running task', () => {
  test('is 200 once the worker has passed it on, and its event has everything but the text', async () => {
    const app = await running()
    const sent = answer(app, { text: 'yes, sir', attempt: 1 })
    expect(await passOn(app)).toEqual(['yes, sir\n'])
    const { status, body } = await sent
    expect([status, body]).toEqual([200, { epoch: app.epoch, seq: app.hub.head, item: expect.objectContaining({ id: 't_1', stdin: 'open' }) }])
    const [event, ...others] = await logged(app)
    expect([event, others]).toEqual([expect.objectContaining({ subject: 'task:t_1', actor: 'owner' }), []])
    expect(event?.payload).toEqual({ task_id: 't_1', attempt: 1, key: null, secret: false, title: 'true', queue: 'default' })
    expect(JSON.stringify(await app.db.selectFrom('events').selectAll().execute())).not.toContain('yes, sir')
  })

  test('wakes a worker that waits for one, and each is passed on once, in order', async () => {
    const app = await running({ pty: true })
    const waiting = feed(app, { wait_s: 30 })
    const sent = [answer(app, { text: 'a' })]
    const first = (await waiting).body.items
    for (const [at, more] of [{ key: 'ctrl-c' }, { text: 'b', secret: true }].entries()) {
      sent.push(answer(app, more))
      await expect.poll(async () => (await feed(app)).body.items.length).toBe(at + 2)
    }
    expect(decoded(first)).toEqual(['a\r'])
    const { items } = (await feed(app, { taken: [first[0].id] })).body
    expect(decoded(items)).toEqual(['\x03', 'b\r'])
    expect(items.map(({ secret }: { secret: boolean }) => secret)).toEqual([false, true])
    const last = await feed(app, { taken: items.map(({ id }: { id: string }) => id) })
    expect(last.body.items).toEqual([])
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await logged(app)).map(({ payload }) => [payload.key, payload.secret])).toEqual([
      [null, false],
      ['ctrl-c', false],
      [null, true],
    ])
  })

  test('ends its waiting for input', async () => {
    const app = await running()
    await app.json('/api/tasks/t_1/heartbeat', { ...HOLDER, status: 'waiting-for-input' })
    const sent = answer(app, { text: 'y' })
    await passOn(app)
    await sent
    expect((await app.json('/api/tasks/t_1')).body.item.status).toBe('running')
  })

  test('is refused when its input has ended, as the worker says', async () => {
    const app = await running()
    const sent = answer(app, { text: 'y' })
    const { items } = (await feed(app, { wait_s: 30 })).body
    await feed(app, { closed: [items[0].id] })
    const { status, body } = await sent
    expect([status, body.detail]).toEqual([409, 'The input of t_1 has ended: nothing can be sent any more.'])
  })
})

describe('an answer is refused', () => {
  test.each([
    [{ stdin: 'none' }, { text: 'y' }, 409, 't_1 has no input. Only a task with a terminal (pty) or stdin: open has one.'],
    [{ stdin: 'open' }, { resize: { cols: 80, rows: 24 } }, 409, 't_1 has no terminal, and so no size.'],
    [{ stdin: 'open' }, { text: 'y', attempt: 2 }, 409, 'Attempt 2 of t_1 has ended: this is attempt 1.'],
    [{ stdin: 'open' }, {}, 422, 'Give exactly one of: text, key, resize.'],
    [{ stdin: 'open' }, { text: 'y', key: 'enter' }, 422, 'Give exactly one of: text, key, resize.'],
  ])('%j gets %j: %i', async (fields, body, status, detail) => {
    const app = await running(fields)
    const refused = await answer(app, body)
    expect([refused.status, refused.body.detail]).toEqual([status, detail])
  })

  test('for an unknown key, by its name', async () => {
    const app = await running()
    const refused = await answer(app, { key: 'f13' })
    expect([refused.status, Object.keys(refused.body.fields)]).toEqual([422, ['key']])
  })

  test('before the task runs, and for a worker that no longer holds it', async () => {
    const app = await testApp()
    await claimed(app, { stdin: 'open' })
    expect((await answer(app, { text: 'y' })).status).toBe(409)
    expect((await feed(app, { fence: 2 })).status).toBe(409)
  })
})

test('a terminal gets the size of the page, once for each change', async () => {
  const app = await running({ stdin: 'pty' })
  const size = { cols: 90, rows: 30 }
  expect((await feed(app)).body).toEqual({ items: [] })
  const waiting = feed(app, { wait_s: 30 })
  expect((await answer(app, { resize: size })).status).toBe(200)
  expect((await waiting).body).toEqual({ items: [], size })
  expect((await feed(app, { size })).body).toEqual({ items: [] })
})
