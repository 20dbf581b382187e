import { describe, expect, test } from 'vitest'
import * as tokens from '../../src/access/tokens.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { served } from '../support/wire.ts'
import { type Sample, samplesOf } from './exposition.ts'

const task = { title: 'x', command: 'true' }
const scrape = async (app: TestApp) => samplesOf(await (await app.ask('/metrics')).text())
const reader = (samples: readonly Sample[]) => (name: string) => samples.find((sample) => sample.name + sample.labels === `telltale_${name}`)?.value

describe('the metrics', () => {
  test('are Prometheus text with help for every sample, and no duplicates', async () => {
    const app = await testApp()
    await app.json('/api/tasks', task)
    const answer = await app.ask('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const samples = samplesOf(await answer.text())
    expect(samples.map(({ name }) => name)).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'process_resident_memory_bytes']))
    const own = samples.filter(({ name }) => name.startsWith('telltale_'))
    expect(own.length).toBeGreaterThan(40)
    expect(own.filter(({ name, type, value }) => Number.isNaN(value) || name.endsWith('_total') !== (type === 'counter'))).toEqual([])
  })

  test('match /api/hub, and count tasks and workers', async () => {
    const app = await testApp()
    for (let i = 0; i < 3; i++) await app.json('/api/tasks', task)
    await app.ask('/ui/tasks')
    await app.ask('/ui/tasks')
    const { body: hub } = await app.json('/api/hub')
    const value = reader(await scrape(app))
    const { seq, wakes, renders, hits, events, frames, coalesced, delivered, dropped, gaps, cuts, inbox } = hub
    expect({ seq, wakes, renders, hits, events, frames, coalesced, delivered, dropped, gaps, cuts, bad: inbox.bad }).toEqual({
      seq: value('log_seq'),
      wakes: value('wakes_total'),
      renders: value('renders_total'),
      hits: value('render_cache_hits_total'),
      events: value('events_total'),
      frames: value('nudge_frames_total'),
      coalesced: value('nudges_coalesced_total'),
      delivered: value('records_delivered_total'),
      dropped: value('records_dropped_total'),
      gaps: value('reader_gaps_total'),
      cuts: value('slow_readers_cut_total'),
      bad: value('inbox_bad_total'),
    })
    expect([seq, events, renders, hits]).toEqual([3, 3, 1, 1])
    expect([value('tasks{state="queued"}'), value('tasks{state="failed"}'), value('workers{state="busy"}')]).toEqual([3, 0, 0])
  })

  test('never count down', async () => {
    const app = await testApp()
    const before = await scrape(app)
    for (let i = 0; i < 5; i++) await app.json('/api/tasks', task)
    await app.ask('/ui/tasks')
    const after = new Map((await scrape(app)).map(({ name, labels, value }) => [name + labels, value]))
    const counters = before.filter(({ type }) => type === 'counter')
    expect(counters.length).toBeGreaterThan(15)
    for (const { name, labels, value } of counters) expect(after.get(name + labels), name + labels).toBeGreaterThanOrEqual(value)
    expect(after.get('telltale_events_total')).toBe(5)
  })

  test('are only for callers who may read', async () => {
    const app = await served()
    const ask = (token?: string) => fetch(`${app.url}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
    const viewer = await tokens.create(app, owner, { role: 'viewer', name: 'prometheus', expires_days: 1 })
    const ingest = await tokens.create(app, owner, { role: 'ingest', name: 'sensor', expires_days: 1 })
    expect([(await ask(viewer.token)).status, (await ask(ingest.token)).status, (await ask()).status]).toEqual([200, 403, 401])
  })
})

describe('the check of the metrics', () => {
  test.each([
    ['x 1\n', 'no TYPE'],
    ['# TYPE x gauge\nx 1\n', 'no HELP'],
    ['# HELP x y\n# TYPE x counter\nx 1\n', '_total'],
    ['# HELP x y\n# TYPE x gauge\nx{a="1"} 1\nx{a="1"} 2\n', 'twice'],
    ['# HELP x y\n# TYPE x gauge\nx one\n', 'no sample'],
    ['# HELP x y\n# HELP x y\n', 'twice'],
    ['# HELP x y\n# TYPE x gauge\nx 1', 'does not end'],
  ])('refuses %j', (text, why) => expect(() => samplesOf(text)).toThrow(why))
})
