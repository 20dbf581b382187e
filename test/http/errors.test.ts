import { expect, test } from 'vitest'
import { testApp } from '../support/app.ts'
import { served } from '../support/wire.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

test.each([
  ['GET', '/nothing', 404, 'not_found'],
  ['GET', '/api/tasks/t_99', 404, 'not_found'],
  ['DELETE', '/tasks', 405, 'method_not_allowed'],
  ['OPTIONS', '/tasks', 405, 'method_not_allowed'],
  ['POST', '/api/tasks', 415, 'unsupported_media_type', { body: 'x', headers: { 'content-type': 'text/plain', 'content-length': '1' } }],
  ['POST', '/api/tasks', 413, 'too_large', { body: '{}', headers: { ...JSON_TYPE, 'content-length': '9999999' } }],
  ['POST', '/api/tasks', 422, 'invalid', { body: '{}', headers: JSON_TYPE }],
] as [string, string, number, string, RequestInit?][])('%s %s is answered %i with the code %s', async (method, path, status, code, init?: RequestInit) => {
  const app = await testApp()
  const answer = await app.ask(path, { ...init, method })
  expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ status, code, request_id: expect.stringMatching(/./) })])
})

test('a foreign host gets 421', async () => {
  const answer = await (await testApp()).over('/api/tasks', { host: 'evil.test' })
  expect(await answer.json()).toMatchObject({ status: 421, code: 'misdirected' })
})

test('an unknown method is answered with the methods of the path', async () => {
  const app = await testApp()
  const allow = async (method: string, path: string) => (await app.ask(path, { method })).headers.get('allow')
  expect(await allow('DELETE', '/tasks')).toBe('GET, HEAD')
  expect(await allow('PUT', '/api/tasks')).toBe('GET, HEAD, POST')
  expect(await allow('PATCH', '/api/tasks/t_1')).toMatch(/^GET, HEAD, .*DELETE/)
  expect(await allow('PUT', '/nothing')).toBeNull()
  expect(await allow('OPTIONS', '/tasks')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE')
})

test('every answer carries the security headers, also where a stream is refused', async () => {
  const app = await served()
  for (const path of ['/ui/stream', '/ui/sse/tasks', '/api/events', '/api/tasks/t_1/events', '/api/tasks/t_1/log', '/nothing', '/in', '/healthz', '/metrics']) {
    const { headers } = await fetch(app.url + path)
    expect([path, headers.get('content-security-policy')]).toEqual([path, expect.stringContaining("default-src 'none'")])
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy'), headers.get('cache-control')]).toEqual([
      'nosniff',
      'no-referrer',
      'no-store',
    ])
  }
})

test.each(['%E0%A4%A', '%', '%ff'])('a page whose path is malformed (%s) is a client error', async (part) => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true' })
  const headers = { ...JSON_TYPE, 'hx-request': 'true', 'hx-current-url': `http://localhost/tasks/${part}` }
  expect((await app.ask('/api/tasks/t_1/cancel', { method: 'POST', body: '{}', headers })).status).toBe(400)
  expect((await app.ask(`/tasks/${part}`)).status).toBeLessThan(500)
})
