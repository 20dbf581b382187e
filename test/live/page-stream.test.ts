import { describe, expect, test } from 'vitest'
import { claimed } from '../leases/claimed.ts'
import { until } from '../support/server.ts'
import { reading, type Served, served } from '../support/wire.ts'

const listen = ({ socketPath }: Served, path: string, headers: Record<string, string> = {}) => reading({ socketPath }, path, headers)

const task = { title: 'x', command: 'true' }

describe('the page stream', () => {
  test('starts with ready, then sends each panel’s change once, with the cursor as id', async () => {
    const app = await served()
    const { body } = await app.json<{ epoch: string }>('/api/tasks')
    const page = await listen(app, `/ui/stream?since=0.${body.epoch}`)
    await until(() => page.frames.length > 0)
    expect(page.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': expect.stringContaining('no-transform'),
    })
    expect(page.headers['transfer-encoding']).toBeUndefined()
    const ready = JSON.parse(page.frames[0]?.data ?? '')
    expect(page.frames[0]).toMatchObject({ event: 'ready', id: undefined })
    expect(ready).toMatchObject({ epoch: body.epoch, seq: 0, resumed: true, panels: { tasks: 0, workers: 0 } })
    await app.json('/api/tasks', task)
    await until(() => page.of('tasks-changed').length === 1)
    expect(page.of('tasks-changed')[0]).toEqual({ event: 'tasks-changed', id: `1.${body.epoch}`, data: '{"seq":1}' })
    expect(page.of('workers-changed')).toEqual([])
  })

  test('reports what changed while disconnected, and starts over for a cursor of another run', async () => {
    const app = await served()
    await app.json('/api/tasks', task)
    const { body } = await app.json<{ epoch: string; seq: number }>('/api/tasks')
    const ready = async (query: string, headers = {}) => {
      const page = await listen(app, `/ui/stream${query}`, headers)
      await until(() => page.frames.length > 0)
      return JSON.parse(page.frames[0]?.data ?? '')
    }
    expect(await ready(`?since=0.${body.epoch}`)).toMatchObject({ resumed: true, panels: { tasks: 1 } })
    expect(await ready('?since=1.otherrun')).toMatchObject({ resumed: false })
    expect(await ready(`?since=99.${body.epoch}`)).toMatchObject({ resumed: false })
    expect(await ready('?since=nonsense')).toMatchObject({ resumed: false })
    expect(await ready('')).toMatchObject({ resumed: false })
    expect(await ready('?since=0.otherrun', { 'last-event-id': `1.${body.epoch}` })).toMatchObject({ resumed: true })
  })

  test('reports a thing to those that watch it, and not to others', async () => {
    const app = await served()
    await app.json('/api/tasks', task)
    await app.json('/api/tasks', task)
    const [watches, other] = [await listen(app, '/ui/stream?watch=task:t_1'), await listen(app, '/ui/stream?watch=task:t_2')]
    await until(() => watches.frames.length > 0 && other.frames.length > 0)
    expect(JSON.parse(watches.frames[0]?.data ?? '').panels).toMatchObject({ 'task:t_1': 1 })
    await app.json('/api/tasks/t_1/cancel', {})
    await until(() => watches.of('task:t_1-changed').length >= 1 && other.of('tasks-changed').length >= 1)
    expect(other.of('task:t_1-changed')).toEqual([])
  })

  test('tells a page of queues that connects late whether it missed something, though it follows a pulse', async () => {
    const name = 'queues'
    const app = await served()
    const { body } = await app.json('/api/tasks', task)
    const panel = await listen(app, `/ui/sse/${name}`)
    const page = await listen(app, `/ui/stream?since=0.${body.epoch}&watch=${name}`)
    await until(() => page.frames.length > 0 && panel.frames.length > 0)
    expect(JSON.parse(page.frames[0]?.data ?? '').panels[name]).toBe(body.seq)
    await app.json('/api/tasks', task)
    await until(() => panel.of(`${name}-changed`).length > 1)
    expect(await (await app.ask(`/${name}`, { headers: { accept: 'text/html' } })).text()).toContain(`hx-trigger="sse:${name}-pulse"`)
  })

  test('reports that output has grown to those that watch its task, and not to others', async () => {
    const app = await served()
    const { id, holder } = await claimed(app)
    const [watches, other] = [await listen(app, `/ui/stream?watch=task:${id}`), await listen(app, '/ui/stream?watch=task:t_2')]
    await until(() => watches.frames.length > 0 && other.frames.length > 0)
    expect((await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: 'b2sK' })).status).toBe(200)
    await until(() => watches.of('t_1-log').length > 0)
    expect(JSON.parse(watches.of('t_1-log')[0]?.data ?? '')).toMatchObject({ attempt: 1, size: 3 })
    await app.json(`/api/tasks/${id}/cancel`, {})
    await until(() => other.of('tasks-changed').length > 0)
    expect(other.of('t_1-log')).toEqual([])
  })

  test('is closed on the server when its reader disconnects', async () => {
    const app = await served()
    const readers = async () => (await app.json<{ readers: number }>('/api/hub')).body
    const pages = await Promise.all(Array.from({ length: 20 }, () => listen(app, '/ui/stream')))
    await until(() => pages.every(({ frames }) => frames.length > 0))
    expect(await readers()).toMatchObject({ readers: 20 })
    for (const page of pages) page.close()
    await until(async () => (await readers()).readers === 0)
  })

  test('without messages stays open; a panel’s own stream starts with a nudge', async () => {
    const app = await served()
    const panel = await listen(app, '/ui/sse/tasks')
    await until(() => panel.of('tasks-changed').length === 1)
    await app.json('/api/tasks', task)
    await until(() => panel.of('tasks-changed').length === 2)
    expect((await listen(app, '/ui/sse/nothing')).status).toBe(404)
  })

  test('ends with a reason when its time is up', async () => {
    const app = await served({ 'stream-max-seconds': 1 })
    const page = await listen(app, '/ui/stream')
    await until(() => page.of('end').length === 1)
    expect(page.of('end')[0]).toMatchObject({ data: 'timeout' })
  })
})
