import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HubState } from '../../src/hub/hub.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { running, until } from '../support/server.ts'
import { firehoseOf, post, reading, served } from '../support/wire.ts'

const state = async (app: TestApp) => (await app.json<HubState>('/api/hub')).body
const partial = async (app: TestApp) => (await app.ask('/ui/hub')).text()

describe('the hub', () => {
  test('counts each stream by what it is read for, and forgets it when it goes', async () => {
    const app = await served()
    const { socketPath } = app
    const streams = await Promise.all([
      reading({ socketPath }, '/ui/stream'),
      reading({ socketPath }, '/ui/stream'),
      reading({ socketPath }, '/ui/sse/tasks'),
      firehoseOf(app),
      firehoseOf(app),
      firehoseOf(app),
    ])
    await until(async () => (await state(app)).readers === 3)
    expect(await state(app)).toMatchObject({ streams: 6, pages: 2, panels: 1, firehose: 3, outputs: 0 })
    for (const stream of streams) stream.close()
    await until(async () => (await state(app)).streams === 0)
    expect(await state(app)).toMatchObject({ pages: 0, panels: 0, firehose: 0, readers: 0 })
  })

  test('reports how much was written, how fast, and how many readers received it', async () => {
    const app = await served()
    const readers = await Promise.all([firehoseOf(app), firehoseOf(app)])
    await post(app, 100)
    await until(() => readers.every(({ seqs }) => seqs().length === 100))
    app.time.pass(10_000)
    const { seq, events, delivered, per_second, uptime_s, gaps, dropped, lag, waiting } = await state(app)
    expect({ seq, events, delivered, uptime_s, gaps, dropped, lag, waiting }).toEqual({
      seq: 100,
      events: 100,
      delivered: 200,
      uptime_s: 10,
      gaps: 0,
      dropped: 0,
      lag: 0,
      waiting: 0,
    })
    expect(per_second).toMatchObject({ now: 0, minute: 10 })
    expect(per_second.history.slice(-3)).toEqual([20, 0, 0])
  })

  test('reports how readers resumed', async () => {
    const app = await served()
    await post(app, 10)
    await firehoseOf(app, `?since=5.${app.epoch}`)
    await firehoseOf(app, '?since=5.anotherone')
    await app.json('/api/tasks', { title: 'x', command: 'true' })
    const page = await reading({ socketPath: app.socketPath }, `/ui/stream?since=5.${app.epoch}`)
    await until(() => page.frames.length > 0)
    expect((await state(app)).resumes).toEqual({ full: 1, partial: 1, reset: 1 })
  })

  test('describes what is wrong with the inbox, and marks the number that should be 0', async () => {
    const app = await testApp()
    await app.start()
    expect((await state(app)).troubles).toEqual([])
    expect(await partial(app)).toContain('All is well')
    expect(await partial(app)).not.toContain('data-tone="alert"')
    const folder = join(app.config.data, 'inbox', 'new')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '01JD.probe.json'), '{"kind"')
    await until(async () => (await state(app)).inbox.bad === 1)
    expect((await state(app)).troubles).toEqual(['1 file of the inbox held no valid event. See inbox/bad, with the reason beside each.'])
    app.time.pass(2_000)
    const html = await partial(app)
    expect(html).toContain('1 file of the inbox held no valid event')
    expect(html).not.toContain('All is well')
    expect(html.match(/data-tone="alert"/g)).toHaveLength(1)
  })

  test('shows a connected upstream, and one that cannot be reached', async () => {
    const script = `echo '{"kind":"probe.measured","payload":{}}'; echo '{"kind":'; exec sleep 60`
    const probe = { kind: 'command' as const, name: 'probe', argv: ['/bin/sh', '-c', script], kinds: [] }
    const nobody = { kind: 'telltale' as const, name: 'nobody', url: 'http://127.0.0.1:9/', token: undefined, kinds: [], since: 'now' as const }
    const app = await testApp({ upstreams: [probe, nobody] })
    await app.start()
    const states = async () => (await state(app)).items.map(({ name, state, received, refused }) => ({ name, state, received, refused }))
    await expect.poll(states).toEqual([
      { name: 'probe', state: 'live', received: 1, refused: 1 },
      { name: 'nobody', state: 'waiting', received: 0, refused: 0 },
    ])
    const html = await partial(app)
    for (const text of ['upstream-probe', 'Live', 'Retrying', 'Last error']) expect(html).toContain(text)
    const metrics = await (await app.ask('/metrics')).text()
    expect(metrics).toContain('telltale_upstream_up{upstream="probe"} 1')
    expect(metrics).toContain('telltale_upstream_up{upstream="nobody"} 0')
    expect(metrics).toContain('telltale_upstream_refused_total{upstream="probe"} 1')
  })

  test('is rendered once for all viewers within two seconds, and again after', async () => {
    const app = await testApp()
    const [first, second] = [await app.ask('/ui/hub'), await app.ask('/ui/hub')]
    expect(await second.text()).toBe(await first.text())
    const etag = first.headers.get('etag') as string
    const again = () => app.ask('/ui/hub', { headers: { 'if-none-match': etag } })
    expect((await again()).status).toBe(304)
    app.time.pass(2_000)
    expect((await again()).status).toBe(200)
    expect(await state(app)).toMatchObject({ renders: 2, hits: 1, notModified: 1 })
  })

  test('shows no event loop delay while it is not measured', async () => {
    const app = await testApp()
    expect((await state(app)).loop).toBeNull()
    expect(await partial(app)).toContain('not known yet')
  })
})

test('a page that shows the hub is notified, and no other page is', async () => {
  const { data, client } = await running()
  const socketPath = join(data, 'control.sock')
  const [hub, tasks] = await Promise.all([reading({ socketPath }, '/ui/stream?watch=hub'), reading({ socketPath }, '/ui/stream')])
  await until(() => hub.of('hub-pulse').length >= 2)
  expect(tasks.of('hub-pulse')).toEqual([])
  expect(tasks.of('ready')).toHaveLength(1)
  const { loop } = (await client.call<HubState>('GET', '/api/hub')).body
  expect(loop?.p50_ms).toBeLessThan(1_000)
  expect(loop?.max_ms).toBeGreaterThanOrEqual(loop?.p99_ms ?? Number.POSITIVE_INFINITY)
})
