import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { slices } from '../../../src/slices.ts'
import { testApp } from '../../support/app.ts'

const IDS = ['..%2f..%2fx', '..%2F..%2Fx', '%2e%2e%5cx', '%2e%2e', '..', 'w_1%00', '%00', 'a'.repeat(400), '%E0%A4%A', '%0a', '%C2%9B']
const PATHS = [
  ...slices.flatMap(({ noun }) => ['', '/ui', '/api'].map((room) => `${room}/${noun.many}/`)),
  '/ui/tasks/ID/log',
  '/api/tasks/ID/log',
  '/api/tasks/ID/cancel',
]

it.each(IDS)('an id %j is not found, in any room of any slice', async (id) => {
  const app = await testApp()
  for (const path of PATHS) {
    const asked = path.includes('ID') ? path.replace('ID', id) : path + id
    // URL parsing turns it into another address.
    if (new URL(asked, 'http://telltale').pathname !== asked) continue
    const answer = await app.ask(asked, asked.endsWith('cancel') ? { method: 'POST' } : undefined)
    expect([asked, answer.status]).toEqual([asked, 404])
  }
})

test('a file outside the folder of logs reveals nothing, not even to a conditional request', async () => {
  const app = await testApp()
  mkdirSync(join(app.config.data, 'logs', 'workers'), { recursive: true })
  writeFileSync(join(app.config.data, 'x.log'), 'secret')
  const bodies = ['..%2f..%2fx', '..%2f..%2fy'].map(async (id) => (await app.json(`/ui/workers/${id}`)).body)
  const [present, absent] = (await Promise.all(bodies)) as [Record<string, unknown>, Record<string, unknown>]
  expect({ ...present, request_id: '' }).toEqual({ ...absent, request_id: '' })
})

test('a subject of another program may hold what an id may not', async () => {
  const app = await testApp()
  const detail = async (id: string) => (await app.json(`/api/repo/${id}/events`, undefined, { headers: { accept: 'application/json' } })).body.detail
  expect(await detail('owner%2Fname')).not.toBe('There is nothing at this address.')
  expect(await detail('owner%00')).toBe('There is nothing at this address.')
})

test('a name with letters of any script is looked up as any other', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true', queue: 'mail.fast' })
  expect((await app.json('/api/queues/mail.fast')).status).toBe(200)
  expect((await app.json(`/api/queues/${encodeURIComponent('größe')}`)).body).toMatchObject({ code: 'not_found' })
})
