import { describe, expect, test } from 'vitest'
import { append, foreign } from '../../src/log/foreign.ts'
import { REACH } from '../../src/log/search.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'
import { tagsIn } from '../views/markup.ts'

const HOSTILE = `"><img src=x onerror=alert(1)><div hx-get="/x" hx-trigger="load">'&`
const json = { headers: { accept: 'application/json' } }
const page = async (app: TestApp, query = '') => (await app.ask(`/ui/events${query}`)).text()
const rowsOn = (html: string) => [...html.matchAll(/id="event-(\d+)"/g)].map(([, seq]) => Number(seq))
const olderOn = (html: string) => /href="(\/events\?[^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')

interface Sent {
  kind: string
  source: string
  subject?: string
  actor?: string
  payload?: object
}

/** Appended in one change, numbered from 1. */
const send = (app: TestApp, sent: readonly Sent[]) =>
  append(
    app,
    owner,
    sent.map(({ source, ...event }) => foreign(event, { now: app.time.now(), sender: { name: source }, kinds: app.kinds })),
  )

/** As many events of another kind and source, which a test could not wait for one by one. */
const fill = (app: TestApp, many: number) =>
  app.mutate(owner, async ({ db }) => {
    const one = { at: 0, kind: 'other.one', subject: 'other:1', actor: 'b', source: 'b', source_id: null, cause: null, payload: '{}' }
    for (let seq = 2; seq < 2 + many; seq += 1_000)
      await db
        .insertInto('events')
        .values(Array.from({ length: 1_000 }, (_, i) => ({ ...one, seq: seq + i })))
        .execute()
  })

const FOUR: readonly Sent[] = [
  { kind: 'door.opened', source: 'house', subject: 'door:1', actor: 'ana', payload: { by: 'Key "A"', place: 'hall' } },
  { kind: 'door.closed', source: 'house', subject: 'door:1', actor: 'ben', payload: { place: 'hall' } },
  { kind: 'door.opened', source: 'barn', subject: 'door:2', actor: 'ana', payload: { place: '50 % cellar' } },
  { kind: 'lamp.lit', source: 'barn', subject: 'lamp:1', payload: { place: 'HALL' } },
]

describe('the log is filtered', () => {
  test.each([
    ['', [4, 3, 2, 1]],
    ['kinds=door.', [3, 2, 1]],
    ['kinds=door.*', [3, 2, 1]],
    ['kinds=door.closed,lamp.', [4, 2]],
    ['subject=door:1@house', [2, 1]],
    ['subject=door:1', []],
    ['source=barn', [4, 3]],
    ['source=bar', []],
    ['actor=house/ana', [1]],
    ['actor=house/an', []],
    ['q=hall', [4, 2, 1]],
    ['q=Hall+key', [1]],
    [`q=${encodeURIComponent('"key "')}`, [1]],
    [`q=${encodeURIComponent('"key a"')}`, []],
    [`q=${encodeURIComponent('"50 %25"').replaceAll('%2525', '%25')}`, [3]],
    [`q=${encodeURIComponent('"A')}`, [1]],
    ['q=_', []],
    ['q=lamp:1', [4]],
    ['kinds=door.&source=house&q=opened', [1]],
    ['subject=door:1@house&kinds=door.closed', [2]],
    [`q=${encodeURIComponent('kind:door.* source:house hall')}`, [2, 1]],
    [`q=${encodeURIComponent('subject:"door:2@barn"')}`, [3]],
    [`q=${encodeURIComponent('actor:barn/ana')}&source=barn`, [3]],
  ])('by %s, on the page and over the API', async (query, expected) => {
    const app = await testApp()
    await send(app, FOUR)
    expect(rowsOn(await page(app, `?${query}`))).toEqual(expected)
    const { items } = (await app.json(`/api/events?${query}`, undefined, json)).body
    expect(items.map(({ seq }: { seq: number }) => seq)).toEqual(expected)
  })

  test('by the id of a thing, whose noun is known', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { title: 'one', command: 'true' })
    await app.json('/api/tasks', { title: 'two', command: 'true' })
    expect(rowsOn(await page(app, '?subject=t_2'))).toEqual([2])
    expect(rowsOn(await page(app, '?subject=t_3'))).toEqual([])
  })

  test.each([
    ['kinds=UPPER', 'kinds: A kind looks like task.created, or like task. for every kind that begins with it.'],
    ['q=kind:Upper', 'kinds: A kind looks like task.created, or like task. for every kind that begins with it.'],
    ['q=1+2+3+4+5+6+7+8+9', 'q: Search for at most 8 words.'],
    [`subject=${'x'.repeat(402)}`, 'subject: At most 401 characters.'],
    ['limit=0', 'limit: At least 1.'],
  ])('but %s is refused with a sentence', async (query, detail) => {
    const app = await testApp()
    for (const path of ['/ui/events', '/events', '/api/events']) {
      const { status, body } = await app.json(`${path}?${query}`, undefined, json)
      expect([path, status, body.detail]).toEqual([path, 422, detail])
    }
    expect((await app.json('/ui/events?before=x', undefined, json)).body.fields).toEqual({ before: 'Name an event by its number, such as 48219.' })
  })
})

test('a search checks a bounded number of events, says how far it came, and goes on from there', async () => {
  const app = await testApp()
  await send(app, [{ kind: 'first.one', source: 'a', payload: { text: 'needle' } }])
  await fill(app, REACH)
  const seqs = async (query: string) => {
    const { items, next, reached } = (await app.json(`/api/events?${query}`, undefined, json)).body
    return { seqs: items.map(({ seq }: { seq: number }) => seq), next, reached }
  }
  for (const query of ['q=needle', 'source=a']) {
    expect(await seqs(query)).toEqual({ seqs: [], next: `/api/events?${query}&before=2.${app.epoch}`, reached: 2 })
    expect(await seqs(`${query}&before=2`)).toEqual({ seqs: [1], next: null, reached: undefined })
    expect(await seqs(`${query}&order=asc`)).toEqual({ seqs: [1], next: `/api/events?${query}&order=asc&since=${REACH}.${app.epoch}`, reached: REACH })
    const html = await page(app, `?${query}`)
    expect(html).toContain('Searched back to event 2.')
    expect(olderOn(html)).toBe(`/events?${query}&before=2`)
  }
  // With an index, there is more within reach.
  expect(await seqs('kinds=first.one&q=needle')).toEqual({ seqs: [1], next: null, reached: undefined })
  // The control: an index finds it however far back it is.
  expect(await seqs('kinds=first.')).toEqual({ seqs: [1], next: null, reached: undefined })
})

describe('the page of the log', () => {
  test('shows the newest events with their payloads, and links to older ones', async () => {
    const app = await testApp()
    await send(app, Array(60).fill(FOUR[0]))
    const html = await page(app, '?kinds=door.')
    expect(rowsOn(html)).toEqual(Array.from({ length: 50 }, (_, i) => 60 - i))
    expect(html).toContain('{\n  "by": "Key \\"A\\"",\n  "place": "hall"\n}'.replaceAll('"', '&#34;'))
    expect(olderOn(html)).toBe('/events?kinds=door.&before=11')
    expect(rowsOn(await page(app, '?kinds=door.&before=11'))).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(await (await app.ask('/events')).text()).toContain('sse:events-changed')
  })

  test('links an event to its subject and to the event that caused it', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { title: 'one', command: 'true' })
    await app.json('/api/events', { kind: 'door.opened', cause: 1, source: 'house' })
    const html = await page(app)
    expect(html).toContain('href="/tasks/t_1"')
    expect(html).toContain('href="/events?before=2#payload-1"')
    expect(html).toContain('Caused by #1')
    expect(html).toContain('id="payload-1"')
  })

  test('says in a few words what an event holds whose kind has no sentence', async () => {
    const app = await testApp()
    await send(app, [{ kind: 'backup.finished', source: 'nas', payload: { files: 12, ok: true, where: { disk: 1 } } }])
    expect(await page(app)).toContain('files: 12, ok: true, where: …')
  })

  test('shortens a long payload and links to the whole event', async () => {
    const app = await testApp()
    await send(app, [{ kind: 'door.opened', source: 'house', payload: { text: 'x'.repeat(30_000) } }])
    const html = await page(app)
    expect(html.length).toBeLessThan(10_000)
    expect(html).toContain('href="/api/events?order=asc&amp;since=0&amp;limit=1"')
    expect(html).not.toContain('Copy JSON')
    await send(app, FOUR)
    expect(await page(app)).toContain('Copy JSON')
  })

  test('shows foreign text as text inside hx-disable, and has unique ids', async () => {
    const app = await testApp()
    await send(app, [{ kind: 'door.opened', source: HOSTILE, subject: HOSTILE, actor: HOSTILE, payload: { text: HOSTILE } }])
    const html = (await page(app)) + (await page(app, `?q=${encodeURIComponent(HOSTILE)}`))
    expect(html).toContain('&lt;img src=x')
    const tags = tagsIn(html)
    expect(tags.filter(({ name, attributes }) => name === 'img' || attributes.has('hx-get') || attributes.has('style'))).toEqual([])
    for (const shown of tags.filter(({ name }) => name === 'pre')) expect(shown.inside.some(({ attributes }) => attributes.has('hx-disable'))).toBe(true)
    const ids = tagsIn(await page(app)).flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(ids).toEqual([...new Set(ids)])
  })

  test('distinguishes an empty log, no matches and no older events', async () => {
    const app = await testApp()
    expect(await page(app)).toContain('No events yet')
    await send(app, FOUR)
    expect(await page(app, '?q=nowhere')).toContain('No matching events')
    expect(await page(app, '?before=1')).toContain('No older events')
  })
})
