import { expect, test } from 'vitest'
import { ready } from '../../../src/http/routes/health.ts'
import { owner, type TestApp, testApp } from '../../support/app.ts'
import { once } from '../../support/postgres.ts'

const statusOf = async (app: TestApp, path: string) => (await app.ask(path)).status

test.each(['epoch', 'timeline'])('a server under which the %s changes refuses every change until it is restarted, and says so', async (key) => {
  const app = await testApp()
  ready(app).isSo = true
  await app.json('/api/tasks', { command: 'true' })
  expect(await statusOf(app, '/readyz')).toBe(200)
  const logged = await app.logged()
  await once(app.config['database-url'] as string, `UPDATE meta SET value = 'another' WHERE key = '${key}'`)

  const refused = await app.json('/api/tasks', { command: 'true' })
  expect([refused.status, refused.body.detail]).toEqual([503, expect.stringMatching(/began again.*Nothing was changed.*Restart this server/)])
  const silent = app.mutate(owner, ({ db }) => db.insertInto('meta').values({ key: 'silent', value: '' }).execute())
  await expect(silent).rejects.toMatchObject({ code: 'TT001' })
  expect(await app.db.selectFrom('meta').select('key').where('key', '=', 'silent').execute()).toEqual([])
  expect(await app.logged()).toEqual(logged)

  expect((await app.json('/api/tasks')).body.items).toHaveLength(1)
  expect((await app.json('/api/hub')).body.troubles).toEqual([expect.stringContaining('began again')])
  const unready = await app.ask('/readyz')
  expect([unready.status, await unready.text()]).toEqual([503, expect.stringContaining('restart this server')])
  expect(await statusOf(app, '/healthz')).toBe(200)

  const restarted = await testApp({ 'database-url': app.config['database-url'] })
  expect(restarted.epoch).not.toBe(app.epoch)
  expect((await restarted.json('/api/tasks', { command: 'true' })).status).toBe(201)
  expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(503)
})
