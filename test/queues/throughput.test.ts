import { expect, test } from 'vitest'
import { TELLTALE } from '../../src/log/actor.ts'
import { forgetMinutes, throughput } from '../../src/queues/throughput.ts'
import { testApp } from '../support/app.ts'

const MINUTE = 60_000

test('a chart holds what was created and what ended, a gap before the first task, and zero where nothing happened', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  const now = () => app.time.now()
  const run = async (exit_code: number, waited: number, ran: number) => {
    await app.json('/api/tasks', { command: 'true', queue: 'mail' })
    app.time.pass(waited)
    const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
    await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
    app.time.pass(ran)
    await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code })
  }
  expect((await throughput(app.db, { range: '1h', now: now() })).buckets).toEqual([])
  await run(0, 4000, 1000)
  await run(1, 2000, 3000)
  app.time.pass(2 * MINUTE)
  const { buckets, bucket_ms } = await throughput(app.db, { range: '1h', queue: 'mail', now: now() })
  expect(bucket_ms).toBe(MINUTE)
  expect(buckets).toEqual([
    { at: now() - (now() % MINUTE) - 2 * MINUTE, created: 2, succeeded: 1, failed: 1, other: 0, wait_ms: 3000, wait_ms_max: 4000, run_ms: 2000 },
    { at: now() - (now() % MINUTE) - MINUTE, created: 0, succeeded: 0, failed: 0, other: 0, wait_ms: null, wait_ms_max: null, run_ms: null },
    { at: now() - (now() % MINUTE), created: 0, succeeded: 0, failed: 0, other: 0, wait_ms: null, wait_ms_max: null, run_ms: null },
  ])
  expect((await throughput(app.db, { range: '1h', queue: 'other', now: now() })).buckets).toEqual([])
  expect((await throughput(app.db, { range: '24h', now: now() })).buckets).toHaveLength(1)
})

test('counts that no chart shows are deleted, except the first minute of each queue', async () => {
  const app = await testApp()
  const create = (queue: string) => app.json('/api/tasks', { command: 'true', queue })
  const range = (queue: string) => throughput(app.db, { range: '7d', queue, now: app.time.now() })
  for (let day = 0; day < 12; day++) {
    await create('mail')
    if (day === 0) await create('once')
    app.time.pass(86_400_000)
  }
  const before = [await range('mail'), await range('once')]
  expect(before.map(({ buckets }) => buckets.length)).toEqual([84, 84])
  const forget = async () => (await app.mutate({ actor: TELLTALE }, forgetMinutes)).value
  expect(await forget()).toBe(5)
  expect(await forget()).toBe(0)
  expect([await range('mail'), await range('once')]).toEqual(before)
})

test('the sparklines of all queues share one scale, on Home and in the list', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  for (const queue of ['busy', 'busy', 'busy', 'busy', 'calm']) {
    await app.json('/api/tasks', { command: 'true', queue })
    const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
    await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
    await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code: 0 })
  }
  app.time.pass(MINUTE)
  for (const path of ['/ui/home', '/ui/queues']) {
    const page = await (await app.ask(path)).text()
    const tallest = [...page.matchAll(/class="sparkline"[\s\S]*?<\/svg>/g)].map(([drawing]) =>
      Math.max(...[...drawing.matchAll(/v-([\d.]+)h/g)].map(([, height]) => Number(height))),
    )
    expect(tallest, path).toEqual([40, 1 + Math.round(390 / 4) / 10])
  }
})
