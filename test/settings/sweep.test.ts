import { expect, test } from 'vitest'
import * as sessions from '../../src/access/sessions.ts'
import { janitor } from '../../src/settings/janitor.ts'
import { events } from '../../src/tasks/events.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

const rows = async (app: TestApp, table: 'sessions' | 'sign_in_links' | 'idempotency' | 'event_kinds') =>
  (await app.db.selectFrom(table).selectAll().execute()).length

test('expired sessions end, and old links are deleted', async () => {
  const app = await testApp()
  const first = await sessions.exchange(app, await sessions.newLink(app))
  await sessions.newLink(app)
  app.time.pass(12 * HOUR)
  const second = await sessions.exchange(app, await sessions.newLink(app))
  expect([await rows(app, 'sessions'), await rows(app, 'sign_in_links')]).toEqual([2, 3])
  app.time.pass(HOUR)
  await sessions.sweep(app)
  expect([await rows(app, 'sessions'), await rows(app, 'sign_in_links')]).toEqual([1, 3]) // a link says for a day why it does not work
  expect([await sessions.holderOf(app, first), await sessions.holderOf(app, second)]).toEqual([undefined, expect.objectContaining({ name: 'operator' })])
  app.time.pass(2 * DAY)
  expect(await sessions.sweep(app)).toBe(4)
  expect([await rows(app, 'sessions'), await rows(app, 'sign_in_links')]).toEqual([0, 0])
  expect(await sessions.sweep(app)).toBe(0)
})

test('stored responses and kinds without events are deleted', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true' }, { headers: { 'idempotency-key': 'once' } })
  const event = (kind: string) => app.json('/api/events', { source: 'nas', kind })
  await event('old.kind')
  await janitor(app).sweep()
  expect([await rows(app, 'idempotency'), await rows(app, 'event_kinds')]).toEqual([1, 1])
  app.time.pass(401 * DAY)
  await event('new.kind')
  await janitor(app).sweep()
  expect([await rows(app, 'idempotency'), (await app.db.selectFrom('event_kinds').select('kind').execute()).map(({ kind }) => kind)]).toEqual([0, ['new.kind']])
  await event('old.kind')
  expect(await rows(app, 'event_kinds')).toBe(2)
})

test('a task whose output was removed for its age shows that, and one that printed nothing does not', async () => {
  const app = await testApp()
  const { id: worker_id } = (await app.json('/api/workers', { name: 'one', queues: ['*'] })).body.item
  for (const data of ['aGVsbG8=', undefined]) {
    await app.json('/api/tasks', { command: 'true' })
    const { item, fence } = (await app.json('/api/tasks/claim', { worker_id })).body
    await app.json(`/api/tasks/${item.id}/run`, { worker_id, fence })
    if (data) await app.json(`/api/tasks/${item.id}/log`, { worker_id, fence, offset: 0, data })
    await app.json(`/api/tasks/${item.id}/finish`, { worker_id, fence, exit_code: 0 })
  }
  app.time.pass(31 * DAY)
  await janitor(app).sweep()
  const page = async (id: string) => (await app.ask(`/tasks/${id}`, { headers: { accept: 'text/html' } })).text()
  expect(await page('t_1')).toContain('Output was removed after 30 days.')
  expect(await page('t_2')).not.toContain('Output was removed')
})

test('many removals for age are one line in Home’s feed', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { title: 'stays', command: 'true' })
  await app.mutate({ actor: { ...owner.actor, name: 'telltale' } }, async ({ emit }) => {
    for (let i = 2; i < 300; i++) await emit(events.deleted, `task:t_${i}`, { task_id: `t_${i}`, reason: 'ended more than 90d ago' })
  })
  expect((await app.json('/api/home')).body.feed.map(({ kind }: { kind: string }) => kind)).toEqual(['task.deleted', 'task.created'])
})
