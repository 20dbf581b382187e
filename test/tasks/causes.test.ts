import { expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { takeEffect } from '../../src/tasks/grace.ts'
import { loseSilent } from '../../src/workers/watch.ts'
import { claimed, LEASE_MS } from '../leases/claimed.ts'
import { type TestApp, testApp } from '../support/app.ts'

/** Each event as `subject what`, with the event that it names as its cause. */
async function causes(app: TestApp) {
  const rows = await app.db.selectFrom('events').select(['seq', 'kind', 'subject', 'cause', 'payload']).orderBy('seq').execute()
  const nameOf = ({ kind, subject, payload }: (typeof rows)[0]) => {
    const { state, status } = JSON.parse(payload)
    return `${subject.split(':')[1]} ${status ?? state ?? kind.split('.')[1]}`
  }
  const named = new Map(rows.map((row) => [row.seq, nameOf(row)]))
  return rows.map((row) => [nameOf(row), row.cause === null ? null : named.get(row.cause)])
}

test('each step of a task names the one that led to it, and a retry leads to the next attempt', async () => {
  const app = await testApp()
  const { id, holder, worker_id } = await claimed(app)
  await app.json(`/api/tasks/${id}/run`, holder)
  await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 1 })
  await app.json(`/api/tasks/${id}/retry`, {})
  await app.json('/api/tasks/claim', { worker_id })
  expect(await causes(app)).toEqual([
    ['w_1 idle', null],
    ['t_1 queued', null],
    ['t_1 claimed', 't_1 queued'],
    ['w_1 busy', 't_1 claimed'],
    ['t_1 running', 't_1 claimed'],
    ['t_1 running', 't_1 running'],
    ['t_1 failed', 't_1 running'],
    ['t_1 completed', 't_1 failed'],
    ['w_1 idle', 't_1 failed'],
    ['t_1 queued', 't_1 failed'],
    ['t_1 claimed', 't_1 queued'],
    ['w_1 busy', 't_1 claimed'],
  ])
})

test('a cancel leads to the end, at once or with time to undo it', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  await app.json(`/api/tasks/${id}/cancel`, {})
  await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: null, cancelled: true })
  await app.json('/api/tasks', { command: 'true' })
  await app.json('/api/tasks/t_2/cancel', { grace: 1 })
  app.time.pass(5_000)
  await takeEffect(app)
  await app.json('/api/tasks', { command: 'true' })
  await app.json('/api/tasks/t_3/delete', { grace: 1 })
  await app.json('/api/tasks/t_3/undo', {})
  expect((await causes(app)).slice(4)).toEqual([
    ['t_1 set', null],
    ['t_1 cancelled', 't_1 set'],
    ['t_1 cleared', 't_1 cancelled'],
    ['w_1 idle', 't_1 cancelled'],
    ['t_2 queued', null],
    ['t_2 set', null],
    ['t_2 cancelled', 't_2 set'],
    ['t_2 cleared', 't_2 cancelled'],
    ['t_3 queued', null],
    ['t_3 set', null],
    ['t_3 cleared', 't_3 set'],
  ])
})

test('a parent leads to its children, and the first task of a change of many to the others', async () => {
  const app = await testApp()
  await claimed(app)
  for (const title of ['one', 'two']) await app.json('/api/tasks', { title, command: 'true', parent_task_id: 't_1' })
  await app.json('/api/tasks', { command: 'true', parent_task_id: 't_99' })
  await app.json('/api/tasks/bulk', { verb: 'cancel', id: ['t_2', 't_3', 't_4'] })
  expect((await causes(app)).slice(4)).toEqual([
    ['t_2 queued', 't_1 claimed'],
    ['t_3 queued', 't_1 claimed'],
    ['t_4 queued', null],
    ['t_2 cancelled', 't_2 queued'],
    ['t_3 cancelled', 't_2 cancelled'],
    ['t_4 cancelled', 't_2 cancelled'],
  ])
  const page = await (await app.ask('/tasks/t_2', { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('<a href="/tasks/t_1">after t_1</a>')
})

test('the loss of a worker causes the loss of its tasks, whose pages link to it', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  await app.json(`/api/tasks/${id}/run`, holder)
  app.time.pass(LEASE_MS * 1.25 + 1)
  await loseSilent(app)
  await reap(app)
  expect((await causes(app)).slice(-3)).toEqual([
    ['w_1 lost', null],
    ['t_1 lost', 'w_1 lost'],
    ['t_1 completed', 't_1 lost'],
  ])
  const page = await (await app.ask(`/tasks/${id}`, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('<a href="/workers/w_1">after w_1</a>')
})
