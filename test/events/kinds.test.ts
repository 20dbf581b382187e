import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TRANSPORT_KINDS } from '../../src/live/transport-kinds.ts'
import { slices } from '../../src/slices.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { tagsIn } from '../views/markup.ts'

const HOSTILE = `"><img src=x onerror=alert(1)><div hx-get="/x" hx-trigger="load">'&`
const page = async (app: TestApp, query = '') => /<main.*<\/main>/s.exec(await (await app.ask(`/events/kinds${query}`)).text())?.[0] ?? ''
const PUBLISHED = slices
  .flatMap(({ events = {} }) => Object.values(events))
  .filter(({ isPublished }) => isPublished)
  .map(({ name }) => name)
const kindsOn = (html: string) => [...html.matchAll(/id="kind-([^"]+)"/g)].map(([, id]) => id)

describe('the page of kinds', () => {
  test('has every kind that this program publishes, and each field in words', async () => {
    const app = await testApp()
    const html = await page(app)
    expect(kindsOn(html)).toEqual(PUBLISHED.map((kind) => kind.replaceAll('.', '-')))
    expect(html).toContain('running | waiting-for-input | completed')
    expect(html).toContain('string or null')
    expect(html).not.toContain('stringnull')
  })

  test('shows the newest event of a kind, and those of other programs apart', async () => {
    const app = await testApp()
    const before = await page(app)
    expect(before).not.toContain('From other programs')
    await app.json('/api/tasks', { title: 'Rebuild the index', command: 'true' })
    await app.json('/api/events', { kind: 'sensor.measured', source: 'cellar', payload: { celsius: 21 } })
    const html = await page(app)
    expect(html).toContain('id="sample-task-created"')
    expect(html).toContain('Rebuild the index')
    expect(html.indexOf('From other programs')).toBeGreaterThan(html.indexOf('id="kind-setting-changed"'))
    expect(kindsOn(html).at(-1)).toBe('sensor-measured')
  })

  test('keeps the kinds that contain every word, in whatever case', async () => {
    const app = await testApp()
    expect(kindsOn(await page(app, '?q=Worker_ID'))).toEqual([
      'task-state_changed',
      'task-status',
      'worker-launched',
      'worker-state_changed',
      'worker-stopped',
      'worker-deleted',
    ])
    expect(kindsOn(await page(app, '?q=worker+heartbeat'))).toEqual(['worker-state_changed'])
    expect(await page(app, '?q=oldest')).toContain('heartbeat_s')
    expect(kindsOn(await page(app, '?q=oldest'))).toEqual([])
  })

  test('says when no kind matches, and links to all kinds', async () => {
    const app = await testApp()
    const html = await page(app, '?q=nowhere')
    expect(html).toContain('No matching kinds')
    expect(html).toContain('href="/events/kinds"')
    expect((await app.ask('/events/kinds?q=nowhere')).status).toBe(200)
  })

  test('shows foreign text as text inside hx-disable, and has unique ids', async () => {
    const app = await testApp()
    await app.json('/api/events', { kind: 'sensor.measured', source: HOSTILE, subject: HOSTILE, payload: { text: HOSTILE } })
    const html = (await page(app)) + (await page(app, `?q=${encodeURIComponent(HOSTILE)}`))
    expect(html).toContain('&lt;img src=x')
    const tags = tagsIn(html)
    expect(tags.filter(({ name, attributes }) => name === 'img' || attributes.has('hx-get') || attributes.has('style'))).toEqual([])
    for (const sample of tags.filter(({ name }) => name === 'pre')) expect(sample.inside.some(({ attributes }) => attributes.has('hx-disable'))).toBe(true)
    const ids = tagsIn(await page(app)).flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(ids).toEqual([...new Set(ids)])
  })
})

test('every frame that the server sends under a name of its own is explained', () => {
  const told = TRANSPORT_KINDS.map(({ kind }) => kind)
  const sent = readdirSync('src/live')
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join('src/live', name), 'utf8').matchAll(/frame\(\{ event: '([a-z._-]+)'/g)].map(([, kind]) => kind as string))
  expect(sent).toEqual(expect.arrayContaining(['ready', 'reset', 'gap', 'bus.heartbeat', 'heartbeat', 'ping', 'bridge_stopped']))
  for (const kind of [...sent, 'end', 'server-restarting']) expect(told).toContain(kind)
})
