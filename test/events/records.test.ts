import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'

/** The fields that a row of the task list shows. */
const TASK = ['title', 'command', 'queue', 'max_attempts', 'created_at', 'run_at', 'state']
const WORKER = ['worker_id', 'name', 'kind', 'queues', 'concurrency', 'host', 'state', 'launched_at']

/** The life of a task and its worker, as records. */
async function life() {
  const app = await testApp()
  await app.json('/api/workers', { name: 'alpha', queues: ['mail'], concurrency: 2, host: 'box' })
  await app.json('/api/tasks', { title: 'build', command: `echo ${'é'.repeat(300)}\nsecond line`, queue: 'mail', retries: 1 })
  const { fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
  const holder = { worker_id: 'w_1', fence }
  await app.json('/api/tasks/t_1/run', holder)
  await app.json('/api/tasks/t_1/cancel', {})
  await app.json('/api/tasks/t_1/finish', { ...holder, exit_code: null, cancelled: true })
  await app.json('/api/tasks/t_1/description', { description: 'new', version: 1 })
  await app.json('/api/tasks/t_1/delete', {})
  await app.json('/api/workers/w_1/stop', {})
  await app.json('/api/workers/w_1/delete', {})
  const events = await app.db.selectFrom('events').selectAll().orderBy('seq').execute()
  return events.map((event) => ({ ...event, said: JSON.parse(event.payload), text: app.sentence(event).text }))
}

test('a record holds what its row shows, so that a reader can draw it without a request', async () => {
  const records = await life()
  const of = (kind: string) => records.filter((record) => record.kind === kind)
  for (const { said } of of('task.created')) expect(said).toMatchObject({ title: 'build', command: `echo ${'é'.repeat(195)}`, created_by: 'owner' })
  for (const { said } of [...of('task.created'), ...of('task.state_changed')]) for (const field of TASK) expect(said).toHaveProperty(field)
  for (const { said } of [...of('worker.launched'), ...of('worker.state_changed')]) for (const field of WORKER) expect(said).toHaveProperty(field)
  expect(of('task.state_changed').map(({ said }) => [said.state, said.worker_name, said.started_at !== null, said.finished_at !== null])).toEqual([
    ['claimed', 'alpha', false, false],
    ['running', 'alpha', true, false],
    ['cancelled', 'alpha', true, true],
  ])
  for (const { said, subject } of records) expect(said.title ?? said.name).toBe(subject === 'task:t_1' ? 'build' : 'alpha')
})

test('the feed calls things by their names', async () => {
  expect((await life()).map(({ text }) => text)).toEqual([
    'remote worker alpha (w_1) was launched',
    't_1 “build” was put in mail',
    't_1 “build” was claimed by alpha (w_1)',
    'alpha (w_1) is busy: running t_1',
    't_1 “build” was started by alpha (w_1)',
    'the process of t_1 “build” is running',
    't_1 “build” is stopping',
    't_1 “build” was cancelled by owner',
    'the process of t_1 “build” has ended',
    'the action on t_1 “build” completed',
    'alpha (w_1) is idle: waiting for a task',
    't_1 “build” has a new description',
    't_1 “build” was deleted',
    'alpha (w_1) is stopping',
    'alpha (w_1) was stopped by owner',
    'alpha (w_1) was stopped by owner',
    'the action on alpha (w_1) completed',
    'alpha (w_1) is being deleted',
    'alpha (w_1) was deleted',
    'the action on alpha (w_1) completed',
  ])
})
