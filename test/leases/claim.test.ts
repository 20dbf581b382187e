import { describe, expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

describe('a claim', () => {
  test('takes the most urgent, then the oldest, and only what is due', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default', 'mail'], concurrency: 3 })
    const worker_id = body.item.id
    await app.json('/api/tasks', { title: 'old', command: 'true' })
    await app.json('/api/tasks', { title: 'urgent', command: 'true', queue: 'mail', urgency: 'high' })
    await app.json('/api/tasks', { title: 'later', command: 'true', urgency: 'high', run_at: new Date(app.time.now() + 60_000).toISOString() })
    await app.json('/api/tasks', { title: 'elsewhere', command: 'true', queue: 'other', urgency: 'high' })
    const next = async () => (await app.json('/api/tasks/claim', { worker_id })).body?.item.title
    expect([await next(), await next(), await next()]).toEqual(['urgent', 'old', undefined])
    app.time.pass(60_000)
    expect(await next()).toBe('later')
  })

  test('waits for a task, and returns as soon as there is one', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    const waiting = app.json('/api/tasks/claim', { worker_id: body.item.id, wait_s: 30 })
    await app.json('/api/tasks', { command: 'true' })
    expect((await waiting).body).toMatchObject({ item: { id: 't_1', state: 'claimed', attempt: 1 }, fence: 1, lease_ttl_ms: LEASE_MS })
  })

  test('of one task by many workers at once is won by one of them', async () => {
    const app = await testApp()
    const workers = await Promise.all(Array.from({ length: 8 }, (_, i) => app.json('/api/workers', { name: `w${i}`, queues: ['default'] })))
    await app.json('/api/tasks', { command: 'true' })
    const claims = await Promise.all(workers.map(({ body }) => app.json('/api/tasks/claim', { worker_id: body.item.id })))
    expect(claims.map(({ status }) => status).sort()).toEqual([200, 204, 204, 204, 204, 204, 204, 204])
  })

  test('moves the worker to busy and back to idle', async () => {
    const app = await testApp()
    const { worker_id, id, holder } = await claimed(app)
    expect((await app.json(`/api/workers/${worker_id}`)).body.item).toMatchObject({ state: 'busy', holds: [{ id }] })
    await app.json(`/api/tasks/${id}/run`, { ...holder, pid: 1 })
    await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })
    expect((await app.json(`/api/workers/${worker_id}`)).body.item).toMatchObject({ state: 'idle', holds: [] })
  })

  test('repeated under its key returns the same task, as it is now, and claims no other', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    for (const title of ['first', 'second']) await app.json('/api/tasks', { title, command: 'true' })
    const ask = () => app.json('/api/tasks/claim', { worker_id: body.item.id }, { headers: { 'idempotency-key': 'one' } })
    const first = await ask()
    expect(await ask()).toMatchObject({ status: 200, body: first.body })
    await app.json('/api/tasks/t_1/cancel', {})
    expect((await ask()).body).toMatchObject({ item: { id: 't_1', cancel_requested_by: 'owner' }, fence: 1 })
    expect((await app.json('/api/tasks/t_2')).body.item).toMatchObject({ state: 'queued' })
  })

  test('repeated after the task was taken away returns nothing, at once', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    await app.json('/api/tasks', { command: 'true' })
    const ask = () => app.json('/api/tasks/claim', { worker_id: body.item.id, wait_s: 30 }, { headers: { 'idempotency-key': 'one' } })
    expect((await ask()).status).toBe(200)
    app.time.pass(LEASE_MS * 2)
    await reap(app)
    expect((await ask()).status).toBe(204)
  })

  test.each(['stop', 'drain'])('repeated after a %s is refused, whatever the first response was', async (verb) => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    await app.json('/api/tasks', { command: 'true' })
    const ask = () => app.json('/api/tasks/claim', { worker_id: body.item.id }, { headers: { 'idempotency-key': 'one' } })
    expect((await ask()).status).toBe(200)
    await app.json(`/api/workers/${body.item.id}/${verb}`, {})
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'conflict' } })
    await app.json(`/api/workers/${body.item.id}/goodbye`, {})
    expect((await app.json('/api/tasks/t_1')).body.item).toMatchObject({ state: 'queued' })
  })

  test('is stored for minutes, as workers claim all day long, and other requests for days', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    const keyed = (path: string, body: object, key: string) => app.json(path, body, { headers: { 'idempotency-key': key } })
    const kept = async () => (await app.db.selectFrom('idempotency').select('key').orderBy('key').execute()).map(({ key }) => key)
    await keyed('/api/tasks', { command: 'true' }, 'a task')
    await keyed('/api/tasks/claim', { worker_id: body.item.id }, 'b claim')
    app.time.pass(600_000)
    await keyed('/api/tasks', { command: 'true' }, 'c task')
    expect(await kept()).toEqual(['a task', 'b claim', 'c task'])
    app.time.pass(1)
    await keyed('/api/tasks', { command: 'true' }, 'd task')
    expect(await kept()).toEqual(['a task', 'c task', 'd task'])
  })

  test('that found nothing is not stored: under the same key it claims what arrived since', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    const ask = () => app.json('/api/tasks/claim', { worker_id: body.item.id }, { headers: { 'idempotency-key': 'one' } })
    expect((await ask()).status).toBe(204)
    await app.json('/api/tasks', { command: 'true' })
    expect((await ask()).body).toMatchObject({ item: { id: 't_1' } })
  })

  test('is refused to a worker that was stopped while it waited', async () => {
    const app = await testApp()
    const { body } = await app.json('/api/workers', { name: 'far', queues: ['default'] })
    const waiting = app.json('/api/tasks/claim', { worker_id: body.item.id, wait_s: 30 })
    await app.json(`/api/workers/${body.item.id}/stop`, {})
    expect(await waiting).toMatchObject({ status: 409, body: { state: 'stopped' } })
  })
})
