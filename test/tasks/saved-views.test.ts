import { expect, test } from 'vitest'
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
  expect(await app.kinds()).toEqual(['setting.changed'])
  expect((await app.json('/api/tasks/views/v_1/delete', {})).status).toBe(200)
  expect(await nav()).not.toContain('Failed mail')
})

test('a view needs a name of its own and a search that can be read; only an operator saves', async () => {
  const app = await testApp()
  await app.json('/api/tasks/views', { name: 'Mail', search: 'q=queue%3Amail' })
  expect((await app.json('/api/tasks/views', { name: 'Mail', search: 'state=failed' })).status).toBe(409)
  expect((await app.json('/api/tasks/views', { name: 'Wrong', search: 'q=colour%3Ared' })).status).toBe(422)
  expect((await app.json('/api/tasks/views', { name: 'Wrong', search: 'state=asleep' })).status).toBe(422)
  expect((await app.json('/api/tasks/views', { name: ' ', search: 'state=failed' })).body.fields.name).toContain('This may not be empty')
  expect((await app.json('/api/tasks/views')).body.items).toHaveLength(1)
})

test('a search that no URL could hold is kept as one that can, and its form leads there', async () => {
  const app = await testApp()
  const saved = await app.ask('/api/tasks/views', form({ name: 'Lines', search: 'q=one\r\ntwo "é"' }, { accept: 'text/html' }))
  expect([saved.status, saved.headers.get('location')]).toEqual([303, '/tasks?q=onetwo%20%22%C3%A9%22'])
  const from = { verb: 'cancel', match: 'state=queued', token: 'once', from: 'q=a\nb' }
  const changed = await app.ask('/api/tasks/bulk', form(from, { accept: 'text/html' }))
  expect([changed.status, changed.headers.get('location')]).toEqual([303, '/tasks?q=ab&did=cancel-0'])
})
