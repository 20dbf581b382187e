import { describe, expect, test } from 'vitest'
import { claim } from '../../src/leases/claim.ts'
import { takeEffect } from '../../src/tasks/grace.ts'
import { count } from '../../src/tasks/tasks.ts'
import { form, owner, type TestApp, testApp } from '../support/app.ts'

/** The default of `undo-seconds`. */
const GRACE_MS = 5_000

const ask = (app: TestApp, verb: 'cancel' | 'delete', id = 't_1') => app.json(`/api/tasks/${id}/${verb}`, { grace: 1 })
const undo = (app: TestApp, id = 't_1') => app.json(`/api/tasks/${id}/undo`, {})
const newTask = async (app: TestApp, some: object = {}): Promise<string> => (await app.json('/api/tasks', { command: 'true', ...some })).body.item.id
const taskOf = async (app: TestApp, id = 't_1') => (await app.json(`/api/tasks/${id}`)).body.item
async function isDue(app: TestApp) {
  app.time.pass(GRACE_MS)
  return takeEffect(app)
}
async function told(app: TestApp) {
  const rows = await app.db.selectFrom('events').select(['kind', 'actor', 'payload']).where('kind', 'like', 'transient.%').orderBy('seq').execute()
  return rows.map(({ kind, actor, payload }) => ({ kind, actor, ...JSON.parse(payload) }))
}

async function withWorker() {
  const app = await testApp()
  const worker = (await app.json('/api/workers', { name: 'remote', queues: ['*'] })).body.item.id
  const take = () => claim(app, owner, { worker_id: worker, wait_s: 0 })
  return { app, worker, take }
}

describe('a cancel or a deletion with a grace', () => {
  test.each([
    ['cancel', { act: 'cancel', act_by: 'owner', state: 'queued' }, 'stopping'],
    ['delete', { act: 'delete', act_by: 'owner', state: 'queued' }, 'destroying'],
  ] as const)('%s changes nothing yet, and shows what will happen and when', async (verb, expected, transient_kind) => {
    const app = await testApp()
    await newTask(app)
    const { status, body } = await ask(app, verb)
    expect(status).toBe(200)
    expect(body.item).toMatchObject({ ...expected, act_at: new Date(app.time.now() + GRACE_MS).toISOString() })
    expect(await taskOf(app)).toMatchObject(expected)
    expect(await told(app)).toMatchObject([{ kind: 'transient.set', name: 't_1', transient_kind }])
    app.time.pass(GRACE_MS - 1)
    expect(await takeEffect(app)).toBe(0)
    expect((await count(app.db)).counts).toMatchObject({ queued: 1, cancelled: 0 })
  })

  test('takes effect when its time is over, once, in the name of its author', async () => {
    const app = await testApp()
    await newTask(app)
    await ask(app, 'cancel')
    app.time.pass(GRACE_MS)
    await Promise.all([takeEffect(app), takeEffect(app), takeEffect(app)])
    expect(await taskOf(app)).toMatchObject({ state: 'cancelled', reason: 'cancelled by owner', cancel_requested_by: 'owner', act: null, act_at: null })
    expect(await app.logged()).toEqual(['task.created', 'transient.set', 'task.state_changed', 'transient.cleared'])
    expect(await takeEffect(app)).toBe(0)
  })

  test('deletes in the end, and not before', async () => {
    const app = await testApp()
    await newTask(app)
    await ask(app, 'delete')
    expect((await app.json('/api/tasks/t_1')).status).toBe(200)
    await isDue(app)
    expect((await app.json('/api/tasks/t_1')).status).toBe(404)
    expect(await app.logged()).toEqual(['task.created', 'transient.set', 'task.deleted', 'transient.cleared'])
  })

  test('is stored in the database: a restarted server carries it out', async () => {
    const app = await testApp()
    await newTask(app)
    await ask(app, 'cancel')
    const row = await app.db.selectFrom('tasks').select(['act', 'act_at', 'act_by']).executeTakeFirstOrThrow()
    expect(row).toEqual({ act: 'cancel', act_at: app.time.now() + GRACE_MS, act_by: 'owner' })
    app.time.pass(3_600_000)
    expect(await takeEffect(app)).toBe(1)
    expect(await taskOf(app)).toMatchObject({ state: 'cancelled' })
  })

  test('requested twice is one act with the first one’s time', async () => {
    const app = await testApp()
    await newTask(app)
    const first = (await ask(app, 'cancel')).body.item.act_at
    app.time.pass(1000)
    expect((await ask(app, 'cancel')).body.item.act_at).toBe(first)
    expect(await told(app)).toHaveLength(1)
  })

  test('a program that requests no grace gets none', async () => {
    const app = await testApp()
    await newTask(app)
    expect((await app.json('/api/tasks/t_1/cancel', {})).body.item).toMatchObject({ state: 'cancelled', act: null })
  })

  test('is refused at once where it does not fit', async () => {
    const { app, take } = await withWorker()
    await newTask(app)
    await take()
    const held = await ask(app, 'delete')
    expect([held.status, held.body.detail]).toEqual([409, 't_1 is claimed. Cancel it before you delete it.'])
    await newTask(app)
    await app.json('/api/tasks/t_2/cancel', {})
    const over = await ask(app, 'cancel', 't_2')
    expect([over.status, over.body.detail]).toEqual([409, 't_2 is already cancelled and cannot be cancelled.'])
    for (const id of ['t_1', 't_2']) expect(await taskOf(app, id)).toMatchObject({ act: null })
  })
})

describe('undo', () => {
  test.each(['cancel', 'delete'] as const)('undoes a %s, and reports it', async (verb) => {
    const app = await testApp()
    await newTask(app)
    await ask(app, verb)
    expect((await undo(app)).body.item).toMatchObject({ state: 'queued', act: null, act_at: null, act_by: null })
    expect((await told(app)).at(-1)).toMatchObject({ kind: 'transient.cleared', name: 't_1', ok: false, error: 'undone by owner' })
    await isDue(app)
    expect(await taskOf(app)).toMatchObject({ state: 'queued' })
  })

  test('is refused when there is nothing to undo, and when it is too late', async () => {
    const app = await testApp()
    await newTask(app)
    expect((await undo(app)).status).toBe(409)
    await ask(app, 'cancel')
    await isDue(app)
    const late = await undo(app)
    expect(late.status).toBe(409)
    expect(late.body.detail).toBe('Nothing to undo: t_1 is cancelled.')
  })

  test('works without script: a form, and back to the task', async () => {
    const app = await testApp()
    await newTask(app)
    const asked = await app.ask('/api/tasks/t_1/delete', form({ grace: '1' }, { accept: 'text/html' }))
    expect([asked.status, asked.headers.get('location')]).toEqual([303, '/tasks/t_1'])
    const page = await (await app.ask('/tasks/t_1', { headers: { accept: 'text/html' } })).text()
    expect(page).toMatch(/Deleting .*in 5s/s)
    expect(page).toContain('action="/api/tasks/t_1/undo"')
    const undone = await app.ask('/api/tasks/t_1/undo', form({}, { accept: 'text/html' }))
    expect([undone.status, undone.headers.get('location')]).toEqual([303, '/tasks/t_1'])
    expect(await (await app.ask('/tasks/t_1', { headers: { accept: 'text/html' } })).text()).not.toContain('/undo"')
  })

  test('is offered to a page by a header, whatever the title is written in', async () => {
    const app = await testApp()
    await newTask(app, { title: 'Büro — 数' })
    const asked = await app.ask('/api/tasks/t_1/cancel', form({ grace: '1' }, { 'hx-request': 'true', 'hx-current-url': 'http://telltale/tasks' }))
    expect(JSON.parse(asked.headers.get('hx-trigger') ?? '')).toMatchObject({ 'telltale:scheduled': { id: 't_1', act: 'cancel', title: 'Büro — 数' } })
  })
})

describe('leases and fences during the grace', () => {
  test('no worker claims a task that is about to be cancelled; after an undo it is claimed at once', async () => {
    const { app, worker, take } = await withWorker()
    await newTask(app)
    await ask(app, 'cancel')
    expect(await take()).toBeUndefined()
    const waiting = claim(app, owner, { worker_id: worker, wait_s: 30 })
    await undo(app)
    expect((await waiting)?.value.item.id).toBe('t_1')
  })

  test('a running task continues under its fence until the time is over, then its worker is asked to stop', async () => {
    const { app, worker, take } = await withWorker()
    await newTask(app)
    const fence = (await take())?.value.fence
    const holder = { worker_id: worker, fence }
    await app.json('/api/tasks/t_1/run', holder)
    await ask(app, 'cancel')
    expect((await app.json('/api/tasks/t_1/heartbeat', holder)).body).toMatchObject({ cancel: false })
    await isDue(app)
    expect((await app.json('/api/tasks/t_1/heartbeat', holder)).body).toMatchObject({ cancel: true })
    expect(await taskOf(app)).toMatchObject({ state: 'running', cancel_requested_by: 'owner', act: null })
    await app.json('/api/tasks/t_1/finish', { ...holder, exit_code: null, cancelled: true })
    expect(await taskOf(app)).toMatchObject({ state: 'cancelled', reason: 'cancelled by owner' })
  })

  test('a task that ends by itself first keeps its outcome, and nothing is done to it later', async () => {
    const { app, worker, take } = await withWorker()
    await newTask(app)
    const holder = { worker_id: worker, fence: (await take())?.value.fence }
    await app.json('/api/tasks/t_1/run', holder)
    await ask(app, 'cancel')
    await app.json('/api/tasks/t_1/finish', { ...holder, exit_code: 0 })
    expect(await taskOf(app)).toMatchObject({ state: 'succeeded', act: null })
    expect((await told(app)).at(-1)).toMatchObject({ kind: 'transient.cleared', ok: false })
    await isDue(app)
    expect(await taskOf(app)).toMatchObject({ state: 'succeeded', cancel_requested_at: null })
  })

  test('a retry of a task that is about to be deleted keeps it', async () => {
    const app = await testApp()
    await newTask(app)
    await app.json('/api/tasks/t_1/cancel', {})
    await ask(app, 'delete')
    expect((await app.json('/api/tasks/t_1/retry', {})).body.item).toMatchObject({ state: 'queued', act: null })
    await isDue(app)
    expect(await taskOf(app)).toMatchObject({ state: 'queued' })
  })

  test('another’s immediate act on the same task ends the scheduled one', async () => {
    const app = await testApp()
    await newTask(app)
    await ask(app, 'cancel')
    await app.json('/api/tasks/t_1', undefined, { method: 'DELETE' })
    expect(await isDue(app)).toBe(0)
    expect(await app.logged()).toEqual(['task.created', 'transient.set', 'task.deleted', 'transient.cleared'])
  })
})
