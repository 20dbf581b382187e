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

test('a repeated field is a list, and an empty one is omitted', async () => {
  const app = await testApp()
  const { body } = await app.json('/api/tasks', undefined, { ...form({}), body: 'command=true&title=&nope=1&nope=2' })
  expect(body.fields).toEqual({ nope: 'Unknown field.' })
})

test('a body has at most a thousand fields, as a form and as JSON', async () => {
  const app = await testApp()
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, '1']))
  const many = [await app.json('/api/tasks', fields(1001)), await app.json('/api/tasks', undefined, form(fields(1001)))]
  expect(many.map(({ body }) => body.detail)).toEqual(Array(2).fill('The body has 1001 fields; the limit is 1000.'))
  expect((await app.json('/api/tasks', fields(1000))).body.detail).toMatch(/^n0, .*, n19: Unknown field\.$/)
})
