import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/index.ts'
import { declaredBy } from '../../src/http/slice.ts'
import { ROLES } from '../../src/log/actor.ts'
import { until } from '../support/server.ts'
import { reading, served } from '../support/wire.ts'
import { tagsIn } from '../views/markup.ts'
import { slice } from './notes/slice.ts'

const HTML = { headers: { accept: 'text/html' } }

const withNotes = () => served({}, [slice])
const pageOf = async (app: Awaited<ReturnType<typeof withNotes>>, path: string) => (await app.ask(path, HTML)).text()

async function written(text = 'Call Ana') {
  const app = await withNotes()
  expect((await app.json('/api/notes', { text })).status).toBe(201)
  return app
}

describe('a slice that is one folder', () => {
  test('has an entry in the sidebar with its icon, key and badge', async () => {
    const app = await written()
    const nav = await (await app.ask('/ui/nav?at=notes')).text()
    const link = tagsIn(nav).find(({ attributes }) => attributes.get('href') === '/notes')
    expect([link?.attributes.get('aria-current'), link?.attributes.get('data-key')]).toEqual(['page', 'g n'])
    expect(nav).toContain('icons.svg#edit')
    expect(nav).toContain('data-says="1 open note"')
  })

  test('has a page, a partial, JSON and a page of each thing, each with its stylesheet and its stored text as text', async () => {
    const app = await written('<b>Call</b>')
    const page = await pageOf(app, '/notes')
    expect(page).toContain('&lt;b>Call&lt;/b>')
    expect(await (await app.ask('/ui/notes')).text()).toContain('id="note-n_1"')
    expect((await app.json('/api/notes')).body).toMatchObject({ items: [{ id: 'n_1', state: 'open' }], next: null })
    expect((await app.json('/api/notes/n_1')).body.item).toEqual({ id: 'n_1', text: '<b>Call</b>', state: 'open' })
    expect((await app.json('/api/notes/n_2')).status).toBe(404)
    expect(await pageOf(app, '/notes/n_1')).toContain('hx-trigger="sse:note:n_1-changed"')
    const sheets = (html: string) => [...html.matchAll(/href="([^"]+notes\.css)"/g)].map(([, url]) => url as string)
    expect(sheets(await pageOf(app, '/tasks'))).toEqual([])
    const [sheet = ''] = sheets(page)
    expect(await (await app.ask(sheet)).text()).toContain('.notes')
  })

  test('nudges the pages that show it, and those of the thing alone that changed', async () => {
    const app = await written()
    await app.json('/api/notes', { text: 'another' })
    const way = { socketPath: app.socketPath }
    const [first, second, panel] = [
      await reading(way, '/ui/stream?watch=note:n_1'),
      await reading(way, '/ui/stream?watch=note:n_2'),
      await reading(way, '/ui/sse/notes'),
    ]
    await until(() => [first, second, panel].every(({ frames }) => frames.length > 0))
    await app.json('/api/notes/n_1/tick', {})
    await until(() => first.of('note:n_1-changed').length > 0 && second.of('notes-changed').length > 0 && panel.of('notes-changed').length > 1)
    expect(second.of('note:n_1-changed')).toEqual([])
  })

  test('puts its events into the log in words, and documents their kinds', async () => {
    const app = await written()
    await app.json('/api/notes/n_1/tick', {})
    expect(await app.logged()).toEqual(['note.written', 'note.done'])
    const [tick, write] = (await app.json('/api/home')).body.feed
    expect([write.text, write.href]).toEqual(['n_1 says Call Ana', '/notes/n_1'])
    expect(tick.text).toBe('n_1 was ticked off')
    expect((await app.json('/api/kinds')).body.items).toContainEqual(expect.objectContaining({ kind: 'note.done', when: 'a note was ticked off' }))
    expect((await app.json('/api/events', { kind: 'note.done', source: 'x', payload: {} })).status).toBe(422)
  })

  test('shows on Home what waits for a person, until it is done', async () => {
    const app = await written()
    expect((await app.json('/api/home')).body).toMatchObject({ asking: 1, items: [{ id: 'n_1' }] })
    expect(await pageOf(app, '/home')).toContain('<li id="note-n_1"')
    expect(await pageOf(app, '/home')).toMatch(/<title>\(1\) Home/)
    await app.json('/api/notes/n_1/tick', {})
    expect((await app.json('/api/home')).body.asking).toBe(0)
    expect(await pageOf(app, '/home')).not.toContain('note-n_1')
  })

  test('is in the palette, on the sheet of keys, in the state and in the metrics', async () => {
    const app = await written()
    expect(await (await app.ask('/ui/palette?q=Ana')).text()).toContain('href="/notes/n_1"')
    expect(await (await app.ask('/ui/palette')).text()).toContain('href="/notes"')
    const keys = await (await app.ask('/ui/keys')).text()
    for (const title of ['Notes', 'Tick off']) expect(keys).toContain(title)
    expect((await app.json('/api/state')).body.notes).toEqual({ notes: [{ id: 'n_1', text: 'Call Ana', state: 'open' }] })
    expect(await (await app.ask('/metrics')).text()).toContain('telltale_notes{state="all"} 1')
  })

  test('is in the API’s document, and lets in the roles that it names', async () => {
    const app = await withNotes()
    const document = (await app.json('/api/openapi.json')).body
    expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined()
    expect(document.paths['/api/notes'].post.description).toBe('Roles: operator, admin.')
    const { may } = app.permissions
    expect(ROLES.filter((role) => may({ role }, 'notes.write'))).toEqual(['operator', 'admin'])
    const { body } = await app.json('/api/tokens', { name: 'reader', role: 'viewer' })
    const refused = await app.over('/api/notes', {
      method: 'POST',
      body: '{"text":"x"}',
      headers: { authorization: `Bearer ${body.item.token ?? body.item.secret}`, 'content-type': 'application/json' },
    })
    expect(refused.status).toBe(403)
  })

  test('keeps its tables when the server starts again', async () => {
    const app = await written()
    const again = await openDatabase(app.config['database-url'] ?? `${app.config.data}/telltale.db`, declaredBy([slice]))
    await again.close()
    expect((await app.json('/api/notes')).body.items).toHaveLength(1)
  })
})

test('a route whose action no slice declares is refused at the start', async () => {
  const { actions, ...undeclared } = slice
  expect(actions).toBeDefined()
  await expect(served({}, [undeclared])).rejects.toThrow('/api/notes: no slice declares the action notes.write')
})
