import { expect, test } from 'vitest'
import { brokenQuery } from '../../src/tasks/overview/broken.ts'
import { form, type TestApp, testApp } from '../support/app.ts'
import { onSqlite } from '../support/engine.ts'
import { planOf } from '../support/plan.ts'

async function worker() {
  const app = await testApp()
  await app.json('/api/workers', { name: 'far', queues: ['default'], concurrency: 9 })
  return app
}

/** A task that failed. */
async function fails(app: TestApp, title: string, error = 'no space left') {
  const id = (await app.json('/api/tasks', { title, command: 'true' })).body.item.id as string
  const { fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
  await app.json(`/api/tasks/${id}/finish`, { worker_id: 'w_1', fence, exit_code: 1, error })
  app.time.pass(60_000)
  return id
}

const task = async (app: TestApp, id: string) => (await app.json(`/api/tasks/${id}`)).body.item
const broken = async (app: TestApp) => (await app.json('/api/home')).body.broken
const badge = async (app: TestApp) => /(\d+)<span class="visually-hidden"> failed or lost/.exec(await (await app.ask('/ui/nav?at=home')).text())?.[1]
const bulk = (app: TestApp, body: object) => app.json('/api/tasks/bulk', body)

test('an acknowledged failure leaves the badge and Broken, keeps its state, and says who, when and why', async () => {
  const app = await worker()
  const id = await fails(app, 'Backup')
  expect([await badge(app), (await broken(app)).length]).toEqual(['1', 1])
  const answer = await app.json(`/api/tasks/${id}/acknowledge`, { note: 'The NAS was rebooting' })
  const at = new Date(app.time.now()).toISOString()
  expect(answer.body.item).toMatchObject({ state: 'failed', acknowledged_at: at, acknowledged_by: 'owner', acknowledged_note: 'The NAS was rebooting' })
  expect([await badge(app), await broken(app)]).toEqual([undefined, []])
  expect((await app.json('/api/tasks?state=broken')).body.items).toEqual([])
  expect((await app.json('/api/tasks?state=failed')).body.items).toHaveLength(1)
  for (const path of ['/ui/tasks', `/ui/tasks/${id}`]) expect(await (await app.ask(path)).text()).toContain('The NAS was rebooting')
  expect((await app.logged()).at(-1)).toBe('task.acknowledged')
})

test('an acknowledgement can be undone, and ends with a retry', async () => {
  const app = await worker()
  const id = await fails(app, 'Backup')
  await app.json(`/api/tasks/${id}/acknowledge`, {})
  await app.json(`/api/tasks/${id}/unacknowledge`, {})
  expect([await badge(app), (await task(app, id)).acknowledged_by]).toEqual(['1', null])
  await app.json(`/api/tasks/${id}/acknowledge`, {})
  await app.json(`/api/tasks/${id}/retry`, {})
  expect(await task(app, id)).toMatchObject({ state: 'queued', acknowledged_at: null })
})

test('only a failure can be acknowledged; again without a note it changes nothing', async () => {
  const app = await worker()
  await app.json('/api/tasks', { command: 'true', queue: 'idle' })
  expect((await app.json('/api/tasks/t_1/acknowledge', {})).body).toMatchObject({ status: 409, state: 'queued' })
  const id = await fails(app, 'Backup')
  await app.json(`/api/tasks/${id}/acknowledge`, { note: 'first' })
  const before = await app.logged()
  await app.json(`/api/tasks/${id}/acknowledge`, {})
  expect([await app.logged(), (await task(app, id)).acknowledged_note]).toEqual([before, 'first'])
  await app.json(`/api/tasks/${id}/acknowledge`, { note: 'second' })
  expect((await task(app, id)).acknowledged_note).toBe('second')
})

test('a selection or all that match are acknowledged with one note, and those that are not broken are skipped', async () => {
  const app = await worker()
  for (const title of ['one', 'two', 'three']) await fails(app, title)
  await app.json('/api/tasks', { command: 'true', queue: 'idle' })
  const some = await bulk(app, { verb: 'acknowledge', id: ['t_1', 't_4'], note: 'known' })
  expect(some.body.item).toEqual({ changed: 1, passed_over: 1, because: { not_failed: 1 } })
  const all = await bulk(app, { verb: 'acknowledge', match: 'state=failed' })
  expect(all.body.item).toEqual({ changed: 2, passed_over: 1, because: { acknowledged: 1 } })
  expect([await badge(app), (await task(app, 't_1')).acknowledged_note, (await task(app, 't_2')).acknowledged_note]).toEqual([undefined, 'known', null])
  expect((await bulk(app, { verb: 'unacknowledge', match: '' })).body.item.changed).toBe(3)
  expect(await badge(app)).toBe('3')
})

test('a browser confirms a selection, with a note', async () => {
  const app = await worker()
  const id = await fails(app, 'Backup')
  const page = await (await app.ask(`/tasks/confirm?verb=acknowledge&id=${id}`, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('Acknowledge 1 task?')
  const token = /name="token" value="([^"]+)"/.exec(page)?.[1] as string
  const sent = await app.ask('/api/tasks/bulk', form({ verb: 'acknowledge', id, token, note: '' }, { accept: 'text/html' }))
  expect(sent.headers.get('location')).toBe('/tasks?did=acknowledge-1')
})

test('Broken groups equal failures, and is ordered by their end, newest first', async () => {
  const app = await worker()
  const first = await fails(app, 'Send 400 mails', 'SMTP 421\nat line 3')
  const other = await fails(app, 'Build')
  const last = await fails(app, 'Send 400 mails', 'SMTP 421\nat line 9')
  await fails(app, 'Send 400 mails', 'timed out')
  const groups = (await broken(app)).map(({ title, ids }: { title: string; ids: string[] }) => [title, ids])
  expect(groups).toEqual([
    ['Send 400 mails', ['t_4']],
    ['Send 400 mails', [last, first]],
    ['Build', [other]],
  ])
  expect(await (await app.ask('/ui/home')).text()).toMatch(/2 times since 12:00.*Retry 2/s)
  expect((await bulk(app, { verb: 'retry', id: [last, first] })).body.item.changed).toBe(2)
  expect((await broken(app)).map(({ title }: { title: string }) => title)).toEqual(['Send 400 mails', 'Build'])
})

onSqlite('Broken is read by an index, in its order', async () => {
  const app = await testApp()
  for (const state of ['failed', 'lost'] as const) expect(await planOf(app, brokenQuery(app.db, state))).toBe('SEARCH tasks USING INDEX tasks_broken (state=?)')
})
