import { describe, expect, test } from 'vitest'
import { leases } from '../../src/leases/lease.ts'
import { reap } from '../../src/leases/leases.ts'
import { append, foreign } from '../../src/log/foreign.ts'
import type { Caller, Mutate, Tx } from '../../src/log/mutate.ts'
import { output } from '../../src/tasks/log/output.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { claimed, LEASE_MS } from './claimed.ts'

class Undone extends Error {}

const undo = (mutate: Mutate, caller: Caller, change: (tx: Tx) => Promise<unknown>) =>
  mutate(caller, async (tx) => {
    await change(tx)
    throw new Undone('undone')
  })

/** Runs each change twice, as after a conflict: the first run is rolled back. */
function runTwice(app: TestApp) {
  const { mutate } = app
  app.mutate = Object.assign(
    async <T>(caller: Caller, change: (tx: Tx) => Promise<T>) => {
      await undo(mutate, { actor: caller.actor }, change).catch(() => {})
      return mutate(caller, change)
    },
    { waiting: 0, sizes: mutate.sizes },
  )
}

/** Rolls back each change. */
function rollBack(app: TestApp) {
  const { mutate } = app
  app.mutate = Object.assign(async (caller: Caller, change: (tx: Tx) => Promise<unknown>) => undo(mutate, caller, change) as never, {
    waiting: 0,
    sizes: mutate.sizes,
  })
}

const overdue = async (app: TestApp) => {
  app.time.pass(LEASE_MS * 2)
  return leases(app).overdue()
}

/** How often the readers of the task's output hear that it grew or ended. */
function ends(app: TestApp, id: string): () => number {
  let heard = 0
  output(app).onGrowth(id, 1, () => heard++)
  return () => heard
}

describe('a change that runs twice', () => {
  test('claims under one fence, with one lease, and ends once', async () => {
    const app = await testApp()
    runTwice(app)
    const { id, holder, fence } = await claimed(app)
    expect(fence).toBe(1)
    expect((await app.json(`/api/tasks/${id}/run`, holder)).status).toBe(200)
    const heard = ends(app, id)
    expect(await overdue(app)).toMatchObject([{ id, fence }])
    expect((await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })).status).toBe(200)
    await expect.poll(heard).toBe(1)
    expect(await leases(app).overdue()).toEqual([])
    const about = await app.db.selectFrom('events').select('kind').where('subject', '=', `task:${id}`).orderBy('seq').execute()
    expect(about.map(({ kind }) => kind)).toEqual([
      'task.created',
      'task.state_changed',
      'task.state_changed',
      'task.status',
      'task.state_changed',
      'task.status',
    ])
  })

  test('appends a posted event once, of a kind that is then known', async () => {
    const app = await testApp()
    runTwice(app)
    const post = (source_id: string) => app.json('/api/events', { kind: 'far.happened', source: 'far', source_id, payload: {} })
    expect((await post('1')).status).toBe(200)
    expect((await post('1')).status).toBe(200)
    expect((await post('2')).status).toBe(200)
    expect(await app.logged()).toEqual(['far.happened', 'far.happened'])
  })
})

describe('a change that is rolled back', () => {
  test('gives no lease when it claims', async () => {
    const app = await testApp()
    const worker_id = (await app.json('/api/workers', { name: 'far', queues: ['default'] })).body.item.id
    await app.json('/api/tasks', { command: 'true' })
    const { mutate } = app
    rollBack(app)
    await app.json('/api/tasks/claim', { worker_id })
    expect(await overdue(app)).toEqual([])
    // The control: the same claim, let through.
    app.mutate = mutate
    await app.json('/api/tasks/claim', { worker_id })
    expect(await overdue(app)).toHaveLength(1)
  })

  test('ends no lease and no output', async () => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    const heard = ends(app, id)
    const { mutate } = app
    rollBack(app)
    await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })
    expect(heard()).toBe(0)
    expect(await overdue(app)).toHaveLength(1)
    // The control: the lease is reaped, let through.
    app.mutate = mutate
    expect(await reap(app)).toBe(1)
    await expect.poll(heard).toBe(1)
    expect(await leases(app).overdue()).toEqual([])
  })

  test('leaves its kinds unknown', async () => {
    const app = await testApp()
    const event = (source_id: string) => foreign({ kind: 'far.happened', source_id }, { now: app.clock.now(), sender: { name: 'far' }, kinds: app.kinds })
    const { mutate } = app
    rollBack(app)
    await expect(append(app, owner, [event('1'), event('2')])).rejects.toThrow(Undone)
    app.mutate = mutate
    await append(app, owner, [event('1')])
    expect(await app.db.selectFrom('event_kinds').select('kind').execute()).toEqual([{ kind: 'far.happened' }])
  })
})
