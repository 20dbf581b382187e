import { expect, inject, onTestFinished, test } from 'vitest'
import { create } from '../../../src/tasks/new/create.ts'
import { NewTask } from '../../../src/tasks/new/new-task.ts'
import { owner, testApp } from '../../support/app.ts'
import { once } from '../../support/postgres.ts'

const ROLE = 'may_not_extend'

test('a user who may not create pg_trgm can search, is told what is missing, and gets the index once it is there, in whichever schema', async () => {
  const server = `postgres://telltale@127.0.0.1:${inject('postgres')}`
  await once(`${server}/postgres`, `CREATE ROLE ${ROLE} LOGIN`)
  await once(`${server}/postgres`, `CREATE DATABASE ${ROLE}`)
  onTestFinished(async () => {
    await once(`${server}/postgres`, `DROP DATABASE ${ROLE} WITH (FORCE)`)
    await once(`${server}/postgres`, `DROP ROLE ${ROLE}`)
  })
  await once(`${server}/${ROLE}`, `GRANT CREATE ON SCHEMA public TO ${ROLE}`)
  const start = () => testApp({ 'database-url': `${server.replace('telltale', ROLE)}/${ROLE}` })
  const indexed = async () => (await once(`${server}/${ROLE}`, "SELECT FROM pg_indexes WHERE indexname = 'tasks_text'")).rowCount === 1

  const app = await start()
  for (const title of ['Call Ägidius', 'Call Ana']) await create(app, owner, NewTask.parse({ title, command: 'true' }))
  const found = async () => (await app.json('/api/tasks?q=%C3%A4gid')).body.items.map(({ title }: { title: string }) => title)
  expect(await found()).toEqual(['Call Ägidius'])
  expect(app.database.engine.missing).toEqual([expect.stringContaining('pg_trgm')])
  expect(await (await app.ask('/ui/hub')).text()).toContain('CREATE EXTENSION pg_trgm')
  expect(await indexed()).toBe(false)

  await once(`${server}/${ROLE}`, `CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO ${ROLE}; CREATE EXTENSION pg_trgm SCHEMA elsewhere`)
  const again = await start()
  expect(again.database.engine.missing).toEqual([])
  expect(await indexed()).toBe(true)
  expect(await found()).toEqual(['Call Ägidius'])
})
