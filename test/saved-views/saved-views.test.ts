import { expect, test } from 'vitest'
import { MOST_VIEWS } from '../../src/saved-views/saved-views.ts'
import { form, testApp } from '../support/app.ts'

test('a saved view is a named link in the sidebar, on every page, until it is deleted', async () => {
  const app = await testApp()
  const saved = await app.json('/api/tasks/views', { name: 'Failed mail', search: '?state=failed&q=queue%3Amail' })
  expect(saved.status).toBe(201)
  expect((await app.json('/api/tasks/views')).body.items).toMatchObject([
    { id: 'v_1', name: 'Failed mail', search: 'state=failed&q=queue%3Amail', created_by: 'owner' },
  ])
  const nav = async () => (await app.ask('/ui/nav?at=workers')).text()
  expect(await nav()).toContain('href="/tasks?state=failed&q=queue%3Amail" title="Failed mail"')
  expect(await app.logged()).toEqual(['setting.changed'])
  expect((await app.json('/api/tasks/views/v_1/delete', {})).status).toBe(200)
  expect(await nav()).not.toContain('Failed mail')
})

test('the list that a view names offers to delete it, and another to save it', async () => {
  const app = await testApp()
  await app.json('/api/tasks/views', { name: 'Failed mail', search: 'state=failed&q=queue:mail' })
  const page = async (search: string) => (await app.ask(`/tasks?${search}`)).text()
  expect(await page('q=queue%3Amail&state=failed')).toMatch(/action="\/api\/tasks\/views\/v_1\/delete"/)
  expect(await page('q=queue%3Amail')).not.toMatch(/views\/v_1\/delete/)
  expect(await page('q=queue%3Amail')).toMatch(/action="\/api\/tasks\/views"/)
  expect((await app.json('/api/tasks?state=failed&q=queue:mail')).body.view).toEqual({ id: 'v_1', name: 'Failed mail' })
})

test('a view is renamed, but not to the name of another; its search stays', async () => {
  const app = await testApp()
  for (const name of ['Failed mail', 'Taken']) await app.json('/api/tasks/views', { name, search: 'state=failed&q=queue%3Amail' })
  expect((await app.json('/api/tasks/views/v_1/rename', { name: 'Taken' })).status).toBe(409)
  expect((await app.json('/api/tasks/views/v_9/rename', { name: 'Other' })).status).toBe(404)
  expect((await app.json('/api/tasks/views/v_1/rename', { name: 'Failed mail' })).status).toBe(200)
  expect(await app.logged()).toEqual(['setting.changed', 'setting.changed'])
  const renamed = await app.ask('/api/tasks/views/v_1/rename', form({ name: 'Mail that failed' }, { accept: 'text/html' }))
  expect([renamed.status, renamed.headers.get('location')]).toEqual([303, '/tasks?state=failed&q=queue%3Amail'])
  expect((await app.json('/api/tasks/views')).body.items.map(({ name, search }: Record<string, string>) => [name, search])).toEqual([
    ['Mail that failed', 'state=failed&q=queue%3Amail'],
    ['Taken', 'state=failed&q=queue%3Amail'],
  ])
  expect(await app.logged()).toHaveLength(3)
})

test('the sidebar marks the view that the page shows, also when it is fetched again', async () => {
  const app = await testApp()
  await app.json('/api/tasks/views', { name: 'Failed mail', search: 'state=failed&q=queue%3Amail' })
  const marked = (html: string) => /<a [^>]*title="Failed mail"[^>]*>/.exec(html)?.[0].includes('aria-current="page"')
  const page = async (path: string) => (await app.ask(path, { headers: { accept: 'text/html' } })).text()
  expect(marked(await page('/tasks?q=queue:mail&state=failed'))).toBe(true)
  expect(marked(await page('/tasks?q=queue:mail'))).toBe(false)
  const again = /hx-get="(\/ui\/nav\?[^"]*)"/.exec(await page('/tasks?q=queue:mail&state=failed'))?.[1]?.replaceAll('&amp;', '&') as string
  expect(marked(await page(again))).toBe(true)
  expect(marked(await page('/ui/nav?at=tasks'))).toBe(false)
})

test('a view needs a name of its own and a search that can be read; only an operator saves', async () => {
  const app = await testApp()
  await app.json('/api/tasks/views', { name: 'Mail', search: 'q=queue%3Amail' })
  expect((await app.json('/api/tasks/views', { name: 'Mail', search: 'state=failed' })).status).toBe(409)
  expect((await app.json('/api/tasks/views', { name: 'Wrong', search: 'q=colour%3Ared' })).status).toBe(422)
  expect((await app.json('/api/tasks/views', { name: 'Wrong', search: 'state=asleep' })).status).toBe(422)
  expect((await app.json('/api/tasks/views', { name: ' ', search: 'state=failed' })).body.fields.name).toContain('This must not be empty')
  expect((await app.json('/api/tasks/views')).body.items).toHaveLength(1)
})

test('a search with characters that no URL can hold is saved without them, and its form leads there', async () => {
  const app = await testApp()
  const saved = await app.ask('/api/tasks/views', form({ name: 'Lines', search: 'q=one\r\ntwo "é"' }, { accept: 'text/html' }))
  expect([saved.status, saved.headers.get('location')]).toEqual([303, '/tasks?q=onetwo%20%22%C3%A9%22'])
  const from = { verb: 'cancel', match: 'state=queued', token: 'once', from: 'q=a\nb' }
  const changed = await app.ask('/api/tasks/bulk', form(from, { accept: 'text/html' }))
  expect([changed.status, changed.headers.get('location')]).toEqual([303, '/tasks?q=ab&did=cancel-0'])
})

test('the 51st view is refused with a sentence, in a form and in JSON, and the list hides none', async () => {
  const app = await testApp()
  const save = (i: number, headers?: Record<string, string>) => app.ask('/api/tasks/views', form({ name: `View ${i}`, search: 'state=failed' }, headers))
  for (let i = 1; i <= MOST_VIEWS; i++) expect((await save(i)).status).toBe(201)
  const sentence = 'There are already 50 saved views, the limit. Delete one first.'
  const refused = await app.json('/api/tasks/views', { name: 'One more', search: 'state=failed' })
  expect([refused.status, refused.body.detail]).toEqual([409, sentence])
  const page = await save(51, { accept: 'text/html' })
  expect([page.status, await page.text()]).toEqual([409, expect.stringContaining(sentence)])

  expect((await app.json('/api/tasks/views')).body.items).toHaveLength(MOST_VIEWS)
  expect(await (await app.ask('/ui/nav?at=tasks')).text()).toContain('View 9')
})
