import { expect, test } from 'vitest'
import { claim, counted, finish, ids, start, take, withRelease } from './release.ts'

test('a failed pipeline is broken once, and is acknowledged as a whole', async () => {
  const app = await withRelease()
  await start(app)
  await take(app, 'build')
  await finish(app, 't_2')
  await take(app, 'lint', 'test')
  await finish(app, 't_3', 1)
  await finish(app, 't_4', 1)
  expect((await counted(app)).filter((line) => /^(broken|listed)/.test(line))).toEqual(['broken tasks ci 1', 'listed failed ci 1'])
  expect((await app.json('/api/home')).body.broken.map(({ id }: { id: string }) => id)).toEqual(['t_1'])
  expect(await ids(app, 'state=broken')).toEqual(['t_1'])
  const refused = await app.json('/api/tasks/t_3/acknowledge', {})
  expect([refused.status, refused.body.detail]).toEqual([409, 't_3 is a step of t_1. Acknowledge t_1 instead.'])
  await app.json('/api/tasks/t_1/acknowledge', {})
  expect((await counted(app)).filter((line) => line.startsWith('broken'))).toEqual([])
})

test('the list and its counts have a pipeline as one row, and queues have its steps as work', async () => {
  const app = await withRelease()
  await start(app)
  expect(await counted(app)).toEqual(['blocked tasks ci 3', 'blocked tasks ops 1', 'listed queued ci 1', 'tasks queued ci 4', 'tasks queued ops 1'])
  expect(await ids(app, '')).toEqual(['t_1'])
  expect(await ids(app, 'q=pipeline:t_1')).toEqual(['t_6', 't_5', 't_4', 't_3', 't_2'])
  expect(await ids(app, 'q=pipeline:t_1 text:test'.replace('text:', ''))).toEqual(['t_4'])
  expect((await app.json('/api/queues/ci')).body.item).toMatchObject({ queued: 4, due: 1, blocked: 3 })
  const minutes = await app.db.selectFrom('task_minutes').select(['queue', 'tasks']).orderBy('queue').execute()
  expect(minutes).toEqual([
    { queue: 'ci', tasks: 4 },
    { queue: 'ops', tasks: 1 },
  ])
  await take(app, 'build')
  expect((await app.json('/api/home')).body.running.map(({ id }: { id: string }) => id)).toEqual(['t_1'])
})

test('a step that waits for a person is listed among those that wait', async () => {
  const app = await withRelease()
  await start(app, { stdin: 'open' })
  const { fence } = await claim(app)
  await app.json('/api/tasks/t_2/run', { worker_id: 'w_1', fence })
  await app.json('/api/tasks/t_2/heartbeat', { worker_id: 'w_1', fence, status: 'waiting-for-input' })
  expect(await ids(app, 'state=waiting')).toEqual(['t_2'])
  expect((await counted(app)).filter((line) => line.startsWith('attention'))).toEqual(['attention tasks ci 1'])
})

test('changes of many tasks pass over the steps that are changed only with their pipeline', async () => {
  const app = await withRelease()
  await start(app)
  await app.json('/api/tasks/t_1/cancel', {})
  const { body } = await app.json('/api/tasks/bulk', { verb: 'delete', match: 'q=pipeline:t_1' })
  expect(body.item).toMatchObject({ changed: 0, because: { step: 5 } })
  expect((await app.json('/api/tasks/bulk', { verb: 'retry', match: 'q=pipeline:t_1' })).body.item.changed).toBe(5)
  await take(app, 'build')
})
