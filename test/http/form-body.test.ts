import { expect, test } from 'vitest'
import { form, testApp } from '../support/app.ts'

test('a form of very many names is read in time that grows with its length', async () => {
  const app = await testApp()
  const names = Array.from({ length: 9_000 }, (_, i) => `n${i.toString(36)}=1`).join('&')
  const send = () => app.ask('/api/tasks', { ...form({}), body: names })
  await send()
  const before = process.threadCpuUsage()
  expect((await send()).status).toBe(422)
  const { user, system } = process.threadCpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(500)
})

test('a field that comes again is a list, and an empty one is left out', async () => {
  const app = await testApp()
  const { body } = await app.json('/api/tasks', undefined, { ...form({}), body: 'command=true&title=&nope=1&nope=2' })
  expect(body.fields).toEqual({ nope: 'There is no such field here.' })
})
