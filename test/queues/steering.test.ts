import { expect, test } from 'vitest'
import { limitAsConfigured } from '../../src/steering/change.ts'
import { form, type TestApp, testApp } from '../support/app.ts'

const queue = async (app: TestApp, name = 'mail') => (await app.json(`/api/queues/${name}`)).body.item
const page = async (app: TestApp, path: string) => (await app.ask(path)).text()

test('a pause says who, why and until when, in the queue, its page and the log', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  const answer = await app.json('/api/queues/mail/pause', { reason: 'SMTP is down', until: 'tomorrow', zone: 'Europe/Berlin' })
  const until = '2026-11-22T07:00:00.000Z'
  expect([answer.status, answer.body.item]).toEqual([200, expect.objectContaining({ queue: 'mail', closed: 'paused' })])
  expect((await queue(app)).pause).toEqual({ reason: 'SMTP is down', until, author: 'owner', at: new Date(app.time.now()).toISOString() })
  expect(await page(app, '/ui/queues')).toContain('mail is paused: SMTP is down')
  const { payload } = (await app.json('/api/events?kinds=queue.', undefined, { headers: { accept: 'application/json' } })).body.items[0]
  expect(payload).toEqual({ queue: 'mail', state: 'paused', reason: 'SMTP is down', until })
})

test('a task that its queue holds back says so in the list, on its page and in the API', async () => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'far', queues: ['*'], concurrency: 9 })
  for (let i = 0; i < 3; i++) await app.json('/api/tasks', { command: 'true', queue: 'mail' })
  await app.json('/api/queues/mail/limits', { concurrency: 1, rate: '60/min' })
  await app.json('/api/tasks/claim', { worker_id: 'w_1' })
  const held = async () => (await app.json('/api/tasks/t_3')).body.item.hold
  expect(await held()).toEqual({ by: 'at_limit', why: '1 of 1 running in mail', until: null })
  for (const path of ['/ui/tasks', '/ui/tasks/t_3']) expect(await page(app, path)).toContain('1 of 1 running in mail')
  await app.json('/api/queues/mail/limits', { rate: '1/h' })
  expect(await held()).toBeNull()
  await app.json('/api/tasks/claim', { worker_id: 'w_1' })
  expect(await held()).toEqual({ by: 'rate_limited', why: '1 per hour in mail', until: new Date(app.time.now() + 3_600_000).toISOString() })
  await app.json('/api/queues/mail/pause', { reason: 'Backup' })
  expect(await held()).toEqual({ by: 'paused', why: 'mail is paused: Backup', until: null })
  await app.json('/api/queues/mail/resume', {})
  await app.json('/api/queues/mail/limits', {})
  expect([await held(), (await app.json('/api/tasks?state=queued')).body.items.map(({ hold }: { hold: unknown }) => hold)]).toEqual([null, [null]])
})

test('forms pause, resume and limit; empty fields mean no limit', async () => {
  const app = await testApp()
  const send = (verb: string, fields: Record<string, string>) => app.ask(`/api/queues/mail/${verb}`, form(fields, { accept: 'text/html' }))
  expect((await send('pause', { reason: 'Backup', until: '', zone: 'UTC' })).headers.get('location')).toBe('/queues')
  expect(await queue(app)).toMatchObject({ closed: 'paused', pause: { until: null } })
  await send('resume', {})
  await send('limits', { concurrency: '4', rate: '' })
  expect(await queue(app)).toMatchObject({ closed: null, pause: null, concurrency: 4, rate: null })
  await send('limits', { concurrency: '', rate: '10 / min' })
  expect(await queue(app)).toMatchObject({ concurrency: null, rate: '10/min' })
})

test.each([
  ['pause', {}, 'reason'],
  ['pause', { reason: 'Backup', until: '2026-11-21T11:00Z' }, 'until'],
  ['pause', { reason: 'Backup', until: 'next week' }, 'until'],
  ['limits', { concurrency: 0 }, 'concurrency'],
  ['limits', { rate: 'often' }, 'rate'],
])('%s with %j is refused', async (verb, body, field) => {
  const app = await testApp()
  const answer = await app.json(`/api/queues/mail/${verb}`, body)
  expect([answer.status, Object.keys(answer.body.fields)]).toEqual([422, [field]])
  expect(await app.logged()).toEqual([])
})

test('the same limits, and the resumption of an open queue, change nothing', async () => {
  const app = await testApp()
  for (const _ of [1, 2]) await app.json('/api/queues/mail/limits', { concurrency: 4 })
  await app.json('/api/queues/mail/resume', {})
  expect(await app.logged()).toEqual(['queue.limits_changed'])
})

test('the configuration file sets limits at the start, and only it may change or remove them', async () => {
  const rate = { tasks: 60, per_ms: 60_000 }
  const app = await testApp({ limits: { mail: { concurrency: 4, rate } } })
  await app.json('/api/queues/other/limits', { concurrency: 1 })
  await limitAsConfigured(app)
  expect(await queue(app)).toMatchObject({ concurrency: 4, rate: '60/min', limited_by: 'telltale.config.json' })
  expect((await app.json('/api/queues/mail/limits', { concurrency: 9 })).status).toBe(409)
  app.config.limits = {}
  await limitAsConfigured(app)
  expect((await app.json('/api/queues')).body.items).toEqual([expect.objectContaining({ queue: 'other', concurrency: 1 })])
})

test('the queues page shows the due task that a paused queue holds back, not one whose time has not come', async () => {
  const app = await testApp()
  await app.json('/api/queues/mail/pause', { reason: 'Backup' })
  const later = new Date(app.time.now() + 3_600_000).toISOString()
  await app.json('/api/tasks', { title: 'scheduled', command: 'true', queue: 'mail', urgency: 'high', run_at: later })
  await app.json('/api/tasks', { title: 'due', command: 'true', queue: 'mail' })
  expect((await app.json('/api/queues')).body.held.map(({ title }: { title: string }) => title)).toEqual(['due'])
})
