import { expect, test } from 'vitest'
import { resumeDue } from '../../src/steering/change.ts'
import { type TestApp, testApp } from '../support/app.ts'

const CLAIMERS = 8
const MINUTE = 60_000

interface Claimed {
  worker_id: string
  id: string
  fence: number
}

/** `tasks` tasks in the queue `mail`, and a worker for each claimer. */
async function mail(tasks: number) {
  const app = await testApp()
  for (let i = 0; i < CLAIMERS; i++) await app.json('/api/workers', { name: `far-${i}`, queues: ['*'], concurrency: 64 })
  for (let i = 0; i < tasks; i++) await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  return app
}

async function claim(app: TestApp, worker_id: string): Promise<Claimed | undefined> {
  const { status, body } = await app.json('/api/tasks/claim', { worker_id })
  return status === 200 ? { worker_id, id: body.item.id, fence: body.fence } : undefined
}

const finish = (app: TestApp, { id, ...holder }: Claimed) => app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })

/** What eight claimers take beside each other until the queue gives none of them another task. */
async function claimAll(app: TestApp): Promise<Claimed[]> {
  const taken: Claimed[] = []
  for (;;) {
    const round = (await Promise.all(Array.from({ length: CLAIMERS }, (_, i) => claim(app, `w_${i + 1}`)))).filter((it) => it !== undefined)
    if (round.length === 0) return taken
    taken.push(...round)
  }
}

const steer = (app: TestApp, verb: string, body: object = {}) => app.json(`/api/queues/mail/${verb}`, body)

test('eight claimers keep the concurrency of a queue, and take the next task when one ends', async () => {
  const app = await mail(12)
  await steer(app, 'limits', { concurrency: 3 })
  const held = await claimAll(app)
  expect(held).toHaveLength(3)
  await finish(app, held[0] as Claimed)
  expect(await claimAll(app)).toHaveLength(1)
  // The control: without the limit, they take all.
  await steer(app, 'limits')
  expect(await claimAll(app)).toHaveLength(8)
})

test('eight claimers take no more tokens than the bucket of a queue has, which fills evenly', async () => {
  const app = await mail(20)
  await steer(app, 'limits', { rate: '6/min' })
  expect(await claimAll(app)).toHaveLength(6)
  app.time.pass(9_999)
  expect(await claimAll(app)).toEqual([])
  app.time.pass(1)
  expect(await claimAll(app)).toHaveLength(1)
  app.time.pass(2 * MINUTE)
  expect(await claimAll(app)).toHaveLength(6)
  expect((await app.json('/api/queues/mail')).body.item).toMatchObject({
    rate: '6/min',
    closed: 'rate_limited',
    next_start_at: new Date(app.time.now() + 10_000).toISOString(),
  })
})

test('no claimer takes a task of a paused queue, and other queues go on', async () => {
  const app = await mail(4)
  await app.json('/api/tasks', { command: 'true', queue: 'other' })
  await steer(app, 'pause', { reason: 'SMTP is down' })
  expect((await claimAll(app)).map(({ id }) => id)).toEqual(['t_5'])
  await steer(app, 'resume')
  expect(await claimAll(app)).toHaveLength(4)
})

test('a waiting claim gets its task when the queue is resumed, by hand or by the clock', async () => {
  const app = await mail(2)
  const wait = () => app.json('/api/tasks/claim', { worker_id: 'w_1', wait_s: 30 })
  await steer(app, 'pause', { reason: 'SMTP is down' })
  const first = wait()
  await steer(app, 'resume')
  expect((await first).body.item.id).toBe('t_1')
  await steer(app, 'pause', { reason: 'Backup', until: '30m' })
  const second = wait()
  expect(await resumeDue(app)).toBe(0)
  app.time.pass(30 * MINUTE)
  expect(await resumeDue(app)).toBe(1)
  expect((await second).body.item.id).toBe('t_2')
  expect(await app.logged()).toContain('queue.state_changed')
})

test('a claim of two limited queues at once waits for no other claim', async () => {
  const app = await mail(10)
  for (let i = 0; i < 10; i++) await app.json('/api/tasks', { command: 'true', queue: 'other', urgency: i % 2 ? 'high' : 'low' })
  await steer(app, 'limits', { concurrency: 4 })
  await app.json('/api/queues/other/limits', { concurrency: 5, rate: '9/h' })
  const held = await claimAll(app)
  expect(held).toHaveLength(9)
  await Promise.all(held.map((it) => finish(app, it)))
  expect(await claimAll(app)).toHaveLength(8)
})
