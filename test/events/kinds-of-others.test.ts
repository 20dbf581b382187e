import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { foreign } from '../../src/log/foreign.ts'
import { MOST_KINDS_OF_A_SENDER } from '../../src/log/vocabulary.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const page = async (app: TestApp, query = '') => /<main.*<\/main>/s.exec(await (await app.ask(`/events/kinds${query}`)).text())?.[0] ?? ''
const kindsOn = (html: string) => [...html.matchAll(/id="kind-([^"]+)"/g)].map(([, id]) => id as string)
const moreOn = (html: string) => /href="\/events\/kinds(\?[^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')

/** So many kinds of each of these programs, in one change. */
function bring(app: TestApp, programs: readonly string[], kinds: number) {
  return app.mutate(owner, async (tx) => {
    for (const name of programs) {
      for (let n = 0; n < kinds; n++)
        await tx.append(
          foreign({ kind: `${name}.k${String(n).padStart(4, '0')}`, payload: { n } }, { now: app.time.now(), sender: { name }, kinds: app.kinds }),
        )
    }
  })
}

test('a kind is published exactly where the registry says so', async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const code = files.map((path) => readFileSync(join('src', path), 'utf8'))
  /** `events.created` of `kind('task.created', …)`: where a declared kind is emitted, it is named so. */
  const declared = code.flatMap((text) => [...text.matchAll(/^ {2}(\w+): kind\(\s*'([a-z_.]+)'/gm)].map(([, field, name]) => ({ field, name })))
  const emitted = new Set(code.flatMap((text) => [...text.matchAll(/\bemit\((?:events|transients)\.(\w+),/g)].map(([, field]) => field)))
  const { kinds } = await testApp()
  const published = [...kinds.values()].filter(({ isPublished }) => isPublished).map(({ name }) => name)
  expect(declared.map(({ name }) => name).sort()).toEqual(published.sort())
  expect(declared.filter(({ field }) => !emitted.has(field))).toEqual([])
})

describe('the page of kinds', () => {
  test('lists the kind of another program with its fields once it is published', async () => {
    const app = await testApp()
    expect(kindsOn(await page(app))).not.toContain('budget-crossed')
    expect((await app.json('/api/kinds')).body.items.map(({ kind }: { kind: string }) => kind)).not.toContain('budget.crossed')
    await app.json('/api/events', { kind: 'budget.crossed', source: 'costs', payload: { budget_id: 'b', level: 'warn', spent_usd: 1, limit_usd: 2 } })
    const html = await page(app)
    expect(html.indexOf('id="kind-budget-crossed"')).toBeGreaterThan(html.indexOf('From other programs'))
    expect(html).toContain('warn | stop')
  })

  test('stays small with two thousand kinds, and links to each of them', async () => {
    const app = await testApp()
    await bring(app, ['east', 'north', 'south', 'west'], MOST_KINDS_OF_A_SENDER)
    const first = await page(app)
    expect(first.length).toBeLessThan(150_000)
    const found: string[] = []
    for (let query: string | undefined = ''; query !== undefined; ) {
      const html = await page(app, query)
      found.push(...kindsOn(html).filter((kind) => /-k\d{4}$/.test(kind)))
      query = moreOn(html)
    }
    expect([found.length, new Set(found).size]).toEqual([2_000, 2_000])
    expect(kindsOn(await page(app, '?q=WEST.k0499'))).toEqual(['west-k0499'])
    expect(kindsOn(await page(app, '?q=west.k%25'))).toEqual([])
  })

  test('shows the beginning of a long payload, however deep, and digits as they were written', async () => {
    const app = await testApp()
    const post = (payload: string) =>
      app.ask('/api/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"kind":"door.opened","payload":${payload}}` })
    await post('{"id":12345678901234567890,"far":1e400,"none":[],"text":"a,b:[c]"}')
    expect(await page(app)).toContain('{\n  "id": 12345678901234567890,\n  "far": 1e400,\n  "none": [],\n  "text": "a,b:[c]"\n}'.replaceAll('"', '&#34;'))
    expect((await post(`{"deep":${'['.repeat(900)}${'1,'.repeat(15_000)}1${']'.repeat(900)}}`)).status).toBe(200)
    const html = await page(app)
    expect(html.length).toBeLessThan(60_000)
    expect(html).toContain('href="/api/events?order=asc')
  })
})

test('a sender has a limited number of kinds; its other events and other senders are not affected', async () => {
  const app = await testApp()
  await bring(app, ['east'], MOST_KINDS_OF_A_SENDER)
  const refused = await app.json('/api/events', [
    { source: 'east', kind: 'east.k0000' },
    { source: 'east', kind: 'east.another' },
  ])
  expect([refused.status, refused.body.detail]).toEqual([
    422,
    'kind: This sender has already used 500 kinds, and east.another is a new one. Put what varies into the payload.',
  ])
  expect(app.hub.head).toBe(MOST_KINDS_OF_A_SENDER)
  expect((await app.json('/api/events', { source: 'east', kind: 'east.k0000' })).status).toBe(200)
  expect((await app.json('/api/events', { source: 'west', kind: 'east.another' })).status).toBe(200)
})
