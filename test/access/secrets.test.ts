import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claimed } from '../leases/claimed.ts'
import { form, type TestApp, testApp } from '../support/app.ts'

const VALUE = 'correct horse'

const set = (app: TestApp, name: string, value: string = VALUE) => app.json('/api/secrets', { name, value })

/** Every text that the server keeps or shows about it. */
async function everywhere(app: TestApp): Promise<string> {
  const pages = await Promise.all(
    ['/settings/access', '/api/secrets', '/api/events', '/tasks/t_1', '/api/tasks', '/api/tasks/t_1', '/api/tasks/t_1/events', '/home'].map(async (path) =>
      (await app.ask(path, { headers: { accept: path.startsWith('/api') ? 'application/json' : 'text/html' } })).text(),
    ),
  )
  const events = await app.db.selectFrom('events').selectAll().execute()
  return [...pages, ...app.lines, JSON.stringify(events), JSON.stringify(await app.db.selectFrom('idempotency').selectAll().execute())].join('\n')
}

describe('a secret', () => {
  test('is a file that only this account can read, and is shown by its name alone', async () => {
    const app = await testApp()
    expect(await set(app, 'DEPLOY_KEY')).toMatchObject({ status: 200, body: { item: { name: 'DEPLOY_KEY' } } })
    const folder = join(app.config.data, 'secrets')
    expect(readFileSync(join(folder, 'DEPLOY_KEY'), 'utf8')).toBe(VALUE)
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'DEPLOY_KEY')).mode & 0o777]).toEqual([0o700, 0o600])
    const { body } = await app.json('/api/secrets')
    expect(body.items).toEqual([{ name: 'DEPLOY_KEY', changed_at: expect.any(String) }])
    await app.json('/api/tasks', { command: 'true', env: { KEY: 'secret:DEPLOY_KEY' } })
    expect(await everywhere(app)).toContain('DEPLOY_KEY')
    expect(await everywhere(app)).not.toContain(VALUE)
    const changes = await app.db.selectFrom('events').select(['subject', 'payload']).where('kind', '=', 'access.changed').execute()
    expect(changes.map(({ subject, payload }) => [subject, JSON.parse(payload).action])).toContainEqual(['secret:DEPLOY_KEY', 'secret_set'])
  })

  test('is replaced whole, and removed', async () => {
    const app = await testApp()
    await set(app, 'KEY', 'the first value')
    await set(app, 'KEY', 'other')
    expect(readFileSync(join(app.config.data, 'secrets', 'KEY'), 'utf8')).toBe('other')
    expect((await app.json('/api/secrets/KEY/remove', {})).status).toBe(200)
    expect(readdirSync(join(app.config.data, 'secrets'))).toEqual([])
    expect((await app.json('/api/secrets/KEY/remove', {})).status).toBe(404)
  })

  test('is set by a form of the page', async () => {
    const app = await testApp()
    const answer = await app.ask('/api/secrets', { ...form({ name: 'KEY', value: VALUE }), headers: { ...form({}).headers, accept: 'text/html' } })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/settings/access'])
    expect(await (await app.ask('/settings/access', { headers: { accept: 'text/html' } })).text()).toContain('secret:KEY')
  })

  test.each([
    ['a path', '../token', VALUE, /letters, digits and underscores/],
    ['an empty name', '', VALUE, /letters, digits and underscores/],
    ['a value that could not be hidden', 'KEY', 'abc', /at least 4 characters/],
    ['a value with a NUL', 'KEY', 'abc\0def', /NUL/],
    ['a giant', 'KEY', 'x'.repeat(16_385), /16384|16 KiB/],
  ])('is refused: %s', async (_, name, value, sentence) => {
    const app = await testApp()
    const { status, body } = await set(app, name, value)
    expect([status, body.detail]).toEqual([422, expect.stringMatching(sentence)])
    expect((await app.json('/api/secrets')).body.items).toEqual([])
    expect(JSON.stringify(body)).not.toContain('x'.repeat(100))
  })
})

describe('a task that refers to a secret', () => {
  test('is refused if there is none, with the command that sets it', async () => {
    const app = await testApp()
    const { status, body } = await app.json('/api/tasks', { command: 'true', env: { KEY: 'secret:DEPLOY_KEY' } })
    expect([status, body.fields.env]).toEqual([
      422,
      expect.stringMatching(/refers to the secret DEPLOY_KEY, which does not exist.*telltale secret --data .* set DEPLOY_KEY/),
    ])
    expect((await app.json('/api/tasks', { command: 'true', env: { KEY: 'secret:../x' } })).status).toBe(422)
  })

  test('gives its value to the worker that holds it, and to nobody else', async () => {
    const app = await testApp()
    await set(app, 'DEPLOY_KEY')
    const { id, holder, worker_id } = await claimed(app, { env: { KEY: 'secret:DEPLOY_KEY', PLAIN: 'text' } })
    const ask = (as: object) => app.json(`/api/tasks/${id}/secrets`, as)
    expect(await ask(holder)).toMatchObject({ status: 200, body: { values: { KEY: VALUE } } })
    expect((await ask({ worker_id, fence: 9 })).status).toBe(409)
    await app.json('/api/workers', { name: 'other', queues: ['default'] })
    expect((await ask({ worker_id: 'w_2', fence: 1 })).status).toBe(409)
    await app.json(`/api/tasks/${id}/run`, holder)
    await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0 })
    expect((await ask(holder)).status).toBe(409)
    expect(await everywhere(app)).not.toContain(VALUE)
  })

  test('hears why if the secret was removed meanwhile, and no link leads out of the folder', async () => {
    const app = await testApp()
    await set(app, 'DEPLOY_KEY')
    const { id, holder } = await claimed(app, { env: { KEY: 'secret:DEPLOY_KEY' } })
    await app.json('/api/secrets/DEPLOY_KEY/remove', {})
    expect(await app.json(`/api/tasks/${id}/secrets`, holder)).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/does not exist/) } })
    const elsewhere = join(app.config.data, 'elsewhere')
    writeFileSync(elsewhere, VALUE)
    symlinkSync(elsewhere, join(app.config.data, 'secrets', 'DEPLOY_KEY'))
    const { status, body } = await app.json(`/api/tasks/${id}/secrets`, holder)
    expect([status, JSON.stringify(body)]).toEqual([expect.any(Number), expect.not.stringContaining(VALUE)])
    expect(status).toBeGreaterThanOrEqual(400)
  })
})
