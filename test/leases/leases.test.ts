import { describe, expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { reconcile } from '../../src/leases/reconcile.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

const stateOf = async (app: TestApp, id: string) => (await app.json(`/api/tasks/${id}`)).body.item

const run = async (app: TestApp, id: string, holder: object) => expect((await app.json(`/api/tasks/${id}/run`, holder)).status).toBe(200)

/** Lets every lease expire. */
async function lapse(app: TestApp) {
  app.time.pass(LEASE_MS * 2)
  expect(await reap(app)).toBe(1)
}

describe('a run', () => {
  test('goes from queued to succeeded with exactly these events', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, { ...holder, pid: 7 })
    const { body } = await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0, result: { rows: 3 } })
    expect(body.item).toMatchObject({ state: 'succeeded', exit_code: 0, result: { rows: 3 }, status: 'completed', reason: 'exit code 0' })
    const about = await app.db.selectFrom('events').select(['kind', 'payload', 'actor']).where('subject', '=', `task:${id}`).orderBy('seq').execute()
    expect(about.map(({ kind, payload }) => [kind, JSON.parse(payload).status ?? JSON.parse(payload).state])).toEqual([
      ['task.created', 'queued'],
      ['task.state_changed', 'claimed'],
      ['task.state_changed', 'running'],
      ['task.status', 'running'],
      ['task.state_changed', 'succeeded'],
      ['task.status', 'completed'],
    ])
    expect(about.at(-1)?.actor).toBe('worker:w_1')
  })

  test('whose end is reported again under its key gets the first response; without the key, it has ended', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await run(app, id, holder)
    const finish = (headers = {}) => app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 }, { headers })
    const first = await finish({ 'idempotency-key': 'one' })
    expect(await finish({ 'idempotency-key': 'one' })).toMatchObject({ status: 200, body: first.body })
    expect(await finish()).toMatchObject({ status: 409, body: { state: 'succeeded' } })
  })

  test('that fails is queued again with a back-off while it has tries left', async () => {
    const app = await testApp()
    const { id, holder, worker_id } = await claimed(app, { retries: 1 })
    await app.json(`/api/tasks/${id}/run`, holder)
    const first = (await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 2 })).body.item
    expect(first).toMatchObject({ state: 'queued', reason: 'attempt 1 failed: exit code 2; next try in 2 s' })
    app.time.pass(2_000)
    const again = (await app.json('/api/tasks/claim', { worker_id })).body
    expect(again).toMatchObject({ fence: 2, item: { attempt: 2 } })
    await app.json(`/api/tasks/${id}/finish`, { worker_id, fence: 2, exit_code: 2 })
    expect(await stateOf(app, id)).toMatchObject({
      state: 'failed',
      error: 'exit code 2',
      attempts: [
        { attempt: 2, outcome: 'failed' },
        { attempt: 1, outcome: 'failed' },
      ],
    })
  })
})

describe('a lease', () => {
  test('without a beat expires after its length and a quarter, and the task is lost', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    app.time.pass(LEASE_MS * 1.25)
    expect(await reap(app)).toBe(0)
    app.time.pass(1)
    expect(await reap(app)).toBe(1)
    expect(await stateOf(app, id)).toMatchObject({ state: 'lost', error: 'w_1: it stopped responding' })
  })

  test('is renewed by a beat, which is not an event', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    const before = await app.logged()
    for (let i = 0; i < 4; i++) {
      app.time.pass(LEASE_MS)
      expect((await app.json(`/api/tasks/${id}/heartbeat`, holder)).body).toMatchObject({ lease_ttl_ms: LEASE_MS, cancel: false })
      expect(await reap(app)).toBe(0)
    }
    expect(await app.logged()).toEqual(before)
  })

  test('of an idempotent task sends it back to the queue, but not for ever', async () => {
    const app = await testApp()
    const { id, worker_id } = await claimed(app, { idempotent: true })
    for (const fence of [1, 2, 3]) {
      await run(app, id, { worker_id, fence })
      await lapse(app)
      expect(await stateOf(app, id)).toMatchObject({ state: fence < 3 ? 'queued' : 'lost', attempt: fence })
      app.time.pass(60_000)
      await app.json('/api/tasks/claim', { worker_id })
    }
  })

  test('of a task with attempts left sends it back to the queue, as an interruption does', async () => {
    const app = await testApp()
    const { id, worker_id } = await claimed(app, { retries: 1 })
    for (const fence of [1, 2]) {
      await run(app, id, { worker_id, fence })
      await lapse(app)
      expect(await stateOf(app, id)).toMatchObject({ state: fence < 2 ? 'queued' : 'lost', attempt: fence })
      app.time.pass(60_000)
      await app.json('/api/tasks/claim', { worker_id })
    }
  })

  test('renews its lease when a run is repeated because its response was lost', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    for (let i = 0; i < 3; i++) {
      await app.json(`/api/tasks/${id}/run`, holder)
      app.time.pass(LEASE_MS)
      expect(await reap(app)).toBe(0)
    }
  })

  test('fences: every write of a worker that lost it is refused with the state it is in', async () => {
    const app = await testApp()
    const { id, holder, worker_id } = await claimed(app, { idempotent: true })
    await app.json(`/api/tasks/${id}/run`, holder)
    app.time.pass(LEASE_MS * 2)
    await reap(app)
    app.time.pass(60_000)
    const other = (await app.json('/api/workers', { name: 'other', queues: ['default'] })).body.item.id
    expect((await app.json('/api/tasks/claim', { worker_id: other })).body.fence).toBe(2)
    const before = await app.logged()
    for (const [path, body] of [
      ['run', {}],
      ['heartbeat', {}],
      ['log', { offset: 0, data: Buffer.from('late').toString('base64') }],
      ['finish', { exit_code: 0 }],
    ] as const) {
      const answer = await app.json(`/api/tasks/${id}/${path}`, { ...holder, ...body })
      expect([path, answer.status, answer.body.code, answer.body.state]).toEqual([path, 409, 'conflict', 'claimed'])
    }
    expect(await app.logged()).toEqual(before)
    // The control: the holder of the new fence is heard.
    expect((await app.json(`/api/tasks/${id}/run`, { worker_id: other, fence: 2 })).status).toBe(200)
    expect(worker_id).not.toBe(other)
  })
})

describe('an attempt that never began', () => {
  const error = 'w_1: it stopped responding before the task began'

  test('is made again, idempotent or not, at no cost to the retries', async () => {
    const app = await testApp()
    const { id, worker_id } = await claimed(app, { retries: 1 })
    await lapse(app)
    const reason = `attempt 1 lost: ${error}; next try in 2 s`
    expect(await stateOf(app, id)).toMatchObject({ state: 'queued', reason, max_attempts: 3, attempts: [{ outcome: 'lost', error }] })
    for (const fence of [2, 3]) {
      app.time.pass(60_000)
      await app.json('/api/tasks/claim', { worker_id })
      await run(app, id, { worker_id, fence })
      await app.json(`/api/tasks/${id}/finish`, { worker_id, fence, exit_code: 1 })
      expect(await stateOf(app, id)).toMatchObject({ state: fence < 3 ? 'queued' : 'failed', attempt: fence, max_attempts: 3 })
    }
  })

  test('is not made again for ever', async () => {
    const app = await testApp()
    const { id, worker_id } = await claimed(app)
    for (const attempt of [1, 2, 3]) {
      await lapse(app)
      expect(await stateOf(app, id)).toMatchObject({ state: attempt < 3 ? 'queued' : 'lost', attempt })
      app.time.pass(60_000)
      await app.json('/api/tasks/claim', { worker_id })
    }
  })

  test('is believed by a server that had recorded it as running', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await run(app, id, holder)
    await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: null, interrupted: true, began: false })
    const reason = 'attempt 1 interrupted: its worker was stopped before the task began; next try in 2 s'
    expect(await stateOf(app, id)).toMatchObject({ state: 'queued', reason, max_attempts: 2, attempts: [{ started_at: null }] })
  })
})

describe('an interrupted attempt', () => {
  const interrupted = { exit_code: null, interrupted: true, error: 'its worker could not reach the server for 14 s' }
  const error = `interrupted: ${interrupted.error}`

  test.each([
    ['of an idempotent task is made again', { idempotent: true }, { state: 'queued', reason: `attempt 1 ${error}; next try in 2 s` }],
    ['of a task with attempts left is made again', { retries: 1 }, { state: 'queued', reason: `attempt 1 ${error}; next try in 2 s` }],
    ['of any other has failed, and says why', {}, { state: 'failed', reason: error, error }],
  ])('%s', async (_, task, outcome) => {
    const app = await testApp()
    const { id, holder } = await claimed(app, task)
    await app.json(`/api/tasks/${id}/run`, holder)
    expect((await app.json(`/api/tasks/${id}/finish`, { ...holder, ...interrupted })).body.item).toMatchObject(outcome)
    expect((await stateOf(app, id)).attempts).toMatchObject([{ outcome: 'failed', error }])
  })

  test('is not repeated for ever, and not after a cancel', async () => {
    const app = await testApp()
    const { id, worker_id } = await claimed(app, { idempotent: true })
    for (const fence of [1, 2, 3]) {
      await run(app, id, { worker_id, fence })
      await app.json(`/api/tasks/${id}/finish`, { worker_id, fence, ...interrupted })
      expect(await stateOf(app, id)).toMatchObject({ state: fence < 3 ? 'queued' : 'failed', attempt: fence })
      app.time.pass(60_000)
      await app.json('/api/tasks/claim', { worker_id })
    }
    const other = await claimed(app, { idempotent: true })
    await run(app, other.id, other.holder)
    await app.json(`/api/tasks/${other.id}/cancel`, {})
    await app.json(`/api/tasks/${other.id}/finish`, { ...other.holder, ...interrupted })
    expect(await stateOf(app, other.id)).toMatchObject({ state: 'cancelled', reason: 'cancelled by owner', error })
  })

  test('without an error is explained by who stopped its worker, if known', async () => {
    const app = await testApp()
    const end = async (more: object, stop = false) => {
      const { id, holder } = await claimed(app)
      await app.json(`/api/tasks/${id}/run`, holder)
      if (stop) await app.json(`/api/workers/${holder.worker_id}/stop`, {})
      await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: null, interrupted: true, ...more })
      return (await stateOf(app, id)).error
    }
    expect(await end({})).toBe('interrupted: its worker was stopped')
    expect(await end({ signal: 'SIGINT' })).toBe('interrupted: its worker was stopped by SIGINT')
    expect(await end({ signal: 'SIGTERM' }, true)).toBe('interrupted: its worker was stopped by owner')
  })
})

describe('a cancel', () => {
  test('of a running task reaches the worker in the response to the open beat', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    const beat = app.json(`/api/tasks/${id}/heartbeat`, { ...holder, wait_s: 30 })
    await app.json(`/api/tasks/${id}/cancel`, {})
    expect((await beat).body).toMatchObject({ cancel: true })
    expect(await stateOf(app, id)).toMatchObject({ state: 'running', cancel_requested_by: 'owner' })
    await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: null, cancelled: true })
    expect(await stateOf(app, id)).toMatchObject({ state: 'cancelled', reason: 'cancelled by owner' })
    expect((await app.logged()).filter((kind) => kind.startsWith('transient'))).toEqual(['transient.set', 'transient.cleared'])
  })

  test('requested twice changes nothing the second time', async () => {
    const app = await testApp()
    const { id } = await claimed(app)
    await app.json(`/api/tasks/${id}/cancel`, {})
    const before = await app.logged()
    expect((await app.json(`/api/tasks/${id}/cancel`, {})).status).toBe(200)
    expect(await app.logged()).toEqual(before)
  })

  test('that races with a finish ends in exactly one state, and the later request learns which', async () => {
    const app = await testApp()
    for (let i = 0; i < 20; i++) {
      const { id, holder } = await claimed(app)
      const both = [() => app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 }), () => app.json(`/api/tasks/${id}/cancel`, {})]
      await Promise.all((i % 2 ? both : both.reverse()).map((act) => act()))
      const late = await app.json(`/api/tasks/${id}/cancel`, {})
      expect([late.status, late.body.state]).toEqual([409, 'succeeded'])
      const ends = await app.db.selectFrom('events').select('payload').where('subject', '=', `task:${id}`).where('kind', '=', 'task.state_changed').execute()
      expect(ends.filter(({ payload }) => ['succeeded', 'cancelled'].includes(JSON.parse(payload).state))).toHaveLength(1)
    }
  })

  test('still applies when the worker dies first', async () => {
    const app = await testApp()
    const { id } = await claimed(app, { idempotent: true })
    await app.json(`/api/tasks/${id}/cancel`, {})
    app.time.pass(LEASE_MS * 2)
    await reap(app)
    expect(await stateOf(app, id)).toMatchObject({ state: 'cancelled' })
  })
})

/** Output is stamped with the machine's own time: much longer than a slow machine takes between two lines of a test. */
const IDLE_MS = 600_000

describe('the status of a running process', () => {
  const print = (app: TestApp, id: string, holder: object, offset: number, text: string) =>
    app.json(`/api/tasks/${id}/log`, { ...holder, offset, data: Buffer.from(text).toString('base64') })

  test('is waiting for input if it is silent after an unfinished line, and running when it prints again', async () => {
    const app = await testApp({ 'idle-seconds': IDLE_MS / 1000 })
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    await print(app, id, holder, 0, 'Continue? [y/N] ')
    app.time.pass(Date.now() - app.time.now() + IDLE_MS / 2)
    expect(await reconcile(app)).toBe(0)
    app.time.pass(IDLE_MS)
    expect(await reconcile(app)).toBe(1)
    expect(await reconcile(app)).toBe(0)
    expect(await stateOf(app, id)).toMatchObject({ status: 'waiting-for-input' })
    app.time.pass(-IDLE_MS)
    await print(app, id, holder, 16, 'y\n')
    expect(await reconcile(app)).toBe(1)
    expect(await stateOf(app, id)).toMatchObject({ status: 'running' })
    expect((await app.logged()).filter((kind) => kind === 'task.status')).toHaveLength(3)
  })

  test('is running if it is silent after a finished line', async () => {
    const app = await testApp({ 'idle-seconds': IDLE_MS / 1000 })
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    await print(app, id, holder, 0, 'working\n')
    app.time.pass(Date.now() - app.time.now() + 2 * IDLE_MS)
    expect(await reconcile(app)).toBe(0)
  })
})
