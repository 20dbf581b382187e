import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'
import { running, telltale } from '../support/server.ts'

type Body = Record<string, unknown>

/** A program that speaks for a worker token of these queues. */
async function bound(queues?: string[]) {
  const app = await testApp()
  const token = (await app.json('/api/tokens', { name: 'box', role: 'worker', ...(queues && { queues }) })).body.item.token
  const headers = { authorization: `Bearer ${token}` }
  return { app, post: (path: string, body: Body) => app.json(path, body, { headers }) }
}

test('a worker token that is bound to queues registers and claims for these only', async () => {
  const { app, post } = await bound(['a', 'b'])
  const sentence = 'This token is bound to a, b and may not claim from other.'
  expect(await post('/api/workers', { name: 'far', queues: ['a', 'other'] })).toMatchObject({ status: 403, body: { detail: sentence } })
  for (const queues of [['*'], undefined]) expect((await post('/api/workers', { name: 'far', queues })).status).toBe(403)
  expect((await post('/api/workers', { name: 'far', queues: ['a'], concurrency: 5 })).status).toBe(201)
  for (const queue of ['a', 'b', 'other']) await app.json('/api/tasks', { command: 'true', queue })
  expect(await post('/api/tasks/claim', { worker_id: 'w_1', queues: ['other'] })).toMatchObject({ status: 403, body: { detail: sentence } })
  expect((await post('/api/tasks/claim', { worker_id: 'w_1' })).body.item.queue).toBe('a')
  expect((await post('/api/tasks/claim', { worker_id: 'w_1' })).status).toBe(204)
})

test('the control: one without queues may take from every queue', async () => {
  const { app, post } = await bound()
  expect((await post('/api/workers', { name: 'far', queues: ['*'] })).status).toBe(201)
  await app.json('/api/tasks', { command: 'true', queue: 'other' })
  expect((await post('/api/tasks/claim', { worker_id: 'w_1', queues: ['other'] })).status).toBe(200)
})

test('the queues of a token are in the list and on the page, and no other role has any', async () => {
  const { app } = await bound(['a', 'b'])
  expect((await app.json('/api/tokens')).body.items).toMatchObject([{ name: 'box', queues: ['a', 'b'] }])
  expect(await (await app.ask('/settings/access', { headers: { accept: 'text/html' } })).text()).toContain('worker for a, b')
  const refused = await app.json('/api/tokens', { name: 'ana', role: 'viewer', queues: ['a'] })
  expect(refused).toMatchObject({ status: 422, body: { fields: { queues: 'Only a worker token can be bound to queues.' } } })
})

test('the command line binds a token and lists what it is bound to', async () => {
  const { data } = await running()
  const made = telltale('token', 'create', '--role', 'worker', '--name', 'box', '--queues', 'a,b', '--data', data)
  expect(await made.ended).toBe(0)
  expect(made.output()).toMatch(/^tt_worker_\S+\n$/)
  const listed = telltale('token', 'list', '--data', data)
  await listed.ended
  expect(listed.output()).toContain('box for a, b')
})
