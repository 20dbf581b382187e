import { expect, test } from 'vitest'
import { claimed } from '../../leases/claimed.ts'
import { until } from '../../support/server.ts'
import { reading, type Served, served } from '../../support/wire.ts'

const follow = (app: Served, id: string, headers: Record<string, string> = {}, query = '') =>
  reading({ socketPath: app.socketPath }, `/api/tasks/${id}/log${query}`, { Accept: 'text/event-stream', ...headers })

async function finished(app: Served, exit_code: number) {
  const { id, holder } = await claimed(app)
  await app.json(`/api/tasks/${id}/run`, { ...holder, pid: 1 })
  await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from('last words\n').toString('base64') })
  return { id, end: () => app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code }) }
}

test('the stream of a log ends with done and closes, for earlier and later readers', async () => {
  const app = await served()
  const { id, end } = await finished(app, 3)
  const early = await follow(app, id)
  await until(() => early.of('log').length === 1)
  expect(early.of('done')).toEqual([])
  await end()
  const late = await follow(app, id)
  for (const reader of [early, late]) {
    await until(() => reader.isOver())
    expect(reader.frames.map(({ event }) => event)).toEqual(['log', 'done'])
    expect(JSON.parse(reader.of('done')[0]?.data ?? '')).toMatchObject({ exit_code: 3, state: 'failed' })
  }
  await until(() => app.streams.count('output') === 0)
})

test('a browser that reconnects after done gets a 204, so that it stops; one that lost its connection gets done', async () => {
  const app = await served()
  const { id, end } = await finished(app, 0)
  await end()
  const told = await follow(app, id)
  await until(() => told.isOver())
  const back = await follow(app, id, { 'Last-Event-ID': told.of('done')[0]?.id ?? '' })
  expect(back.status).toBe(204)
  const resumed = await follow(app, id, { 'Last-Event-ID': told.of('log')[0]?.id ?? '' })
  await until(() => resumed.isOver())
  expect(resumed.frames.map(({ event }) => event)).toEqual(['done'])
})

test('a task that is cancelled before it runs is done, with no exit code', async () => {
  const app = await served()
  const { body } = await app.json('/api/tasks', { command: 'true' })
  const reader = await follow(app, body.item.id)
  await app.json(`/api/tasks/${body.item.id}/cancel`, {})
  await until(() => reader.isOver())
  expect(JSON.parse(reader.of('done')[0]?.data ?? '')).toMatchObject({ exit_code: null, state: 'cancelled' })
})
