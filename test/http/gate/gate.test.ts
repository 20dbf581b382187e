import { CompiledQuery } from 'kysely'
import { expect, test } from 'vitest'
import { form, owner, type TestApp, testApp } from '../../support/app.ts'
import { onSqlite } from '../../support/engine.ts'

async function token(app: TestApp, role: string) {
  return (await app.json('/api/tokens', { name: 'test', role })).body.item as { id: string; token: string }
}

test('a signed-out browser is redirected to sign in, a program gets 401, and neither learns what exists', async () => {
  const app = await testApp()
  const page = await app.over('/tasks', { headers: { accept: 'text/html' } })
  expect([page.status, page.headers.get('location')]).toEqual([303, '/in'])
  for (const path of ['/api/tasks', '/api/tasks/t_1', '/ui/tasks', '/ui/stream', '/api/nothing'])
    expect([path, (await app.over(path)).status]).toEqual([path, 401])
})

test('a sign-in link works once, and reports what to do when it was used, has expired or is unknown', async () => {
  const app = await testApp()
  const link = async () => ((await app.json('/api/sign-in-links', {})).body.url as string).split('#')[1] as string
  const old = async () => {
    const code = await link()
    app.time.pass(600_001)
    return code
  }
  const exchange = (code: string) => app.over('/auth/exchange', form({ code }, { 'sec-fetch-site': 'same-origin' }))
  const code = await link()
  const first = await exchange(code)
  expect([first.status, await first.json()]).toEqual([200, { path: '/' }])
  const cookie = first.headers.get('set-cookie') as string
  expect(cookie).toMatch(/^__Host-telltale=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  expect((await app.over('/api/tasks', { headers: { cookie: cookie.split(';')[0] as string } })).status).toBe(200)
  for (const [stale, says] of [
    [code, /already used.*telltale open/],
    ['nonsense', /not known.*telltale open/],
    [await old(), /expired.*telltale open/],
  ] as const) {
    const answer = await exchange(stale)
    expect(answer.status).toBe(401)
    expect(((await answer.json()) as { detail: string }).detail).toMatch(says)
  }
})

test('a session ends by sign-out, after twelve idle hours, and after thirty days', async () => {
  const app = await testApp()
  const signIn = async () => {
    const { body } = await app.json('/api/sign-in-links', {})
    const answer = await app.over('/auth/exchange', form({ code: body.url }, { 'sec-fetch-site': 'same-origin' }))
    return { cookie: (answer.headers.get('set-cookie') as string).split(';')[0] as string }
  }
  const status = async (headers: Record<string, string>) => (await app.over('/api/tasks', { headers })).status
  const session = await signIn()
  await app.over('/auth/sign-out', { method: 'POST', headers: { ...session, 'sec-fetch-site': 'same-origin' } })
  expect(await status(session)).toBe(401)
  const idle = await signIn()
  app.time.pass(11 * 3_600_000)
  expect(await status(idle)).toBe(200)
  app.time.pass(13 * 3_600_000)
  expect(await status(idle)).toBe(401)
})

onSqlite('a full disk does not stop readers: the time of the last request is stored later', async () => {
  const app = await testApp()
  const { token: secret } = await token(app, 'viewer')
  const { body } = await app.json('/api/sign-in-links', {})
  const signedIn = await app.over('/auth/exchange', form({ code: body.url }, { 'sec-fetch-site': 'same-origin' }))
  const cookie = (signedIn.headers.get('set-cookie') as string).split(';')[0] as string
  const locked = (is: 'on' | 'off') => app.database.writer.executeQuery(CompiledQuery.raw(`pragma query_only = ${is}`))
  await locked('on')
  app.time.pass(3_600_000)
  expect((await app.over('/tasks', { headers: { cookie, accept: 'text/html' } })).status).toBe(200)
  expect((await app.over('/api/tasks', { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200)
  expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(503)
  await locked('off')
  app.time.pass(3_600_000)
  await app.over('/tasks', { headers: { cookie } })
  await app.mutate(owner, async () => {}) // behind the note, for which no page waits
  expect(await app.db.selectFrom('sessions').select('seen_at').execute()).toEqual([{ seen_at: app.time.now() }])
})

test('a CSP report is truncated to one line of the log', async () => {
  const app = await testApp()
  const report = (body: string) => app.over('/csp', { method: 'POST', body, headers: { 'content-type': 'application/csp-report' } })
  expect((await report('{"blocked-uri":"inline"}\n2026-11-21T12:00:00Z 200 GET / forged')).status).toBe(204)
  expect(app.lines.filter((line) => line.includes('policy'))).toEqual([expect.stringMatching(/^.*blocked-uri.*forged.*$/)])
  expect((await report('x'.repeat(2_000_000))).status).toBe(413)
})

test.each([
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin' }, 201],
  [{ 'sec-fetch-site': 'none' }, 201],
  [{ origin: 'http://evil.test' }, 403],
  [{ origin: 'null' }, 403],

  [{}, 201],
])('a POST with %j is answered %i', async (headers, status) => {
  const app = await testApp()
  const { token: secret } = await token(app, 'operator')
  const answer = await app.over('/api/tasks', {
    method: 'POST',
    body: '{"command":"true"}',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
  })
  expect(answer.status).toBe(status)
  expect((await app.logged()).length).toBe(status === 201 ? 1 : 0)
})

test('a DELETE obeys the same rule as a POST', async () => {
  const app = await testApp()
  await app.json('/api/tasks', { command: 'true' })
  const { token: secret } = await token(app, 'operator')
  const remove = (headers: Record<string, string>) =>
    app.over('/api/tasks/t_1', { method: 'DELETE', headers: { authorization: `Bearer ${secret}`, ...headers } })
  expect((await remove({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await remove({})).status).toBe(200)
})

test('another site may link here, but not embed, fetch or listen', async () => {
  const app = await testApp()
  const { token: secret } = await token(app, 'viewer')
  const get = (mode: string) =>
    app.over('/api/tasks', { headers: { authorization: `Bearer ${secret}`, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode } })
  expect([(await get('cors')).status, (await get('no-cors')).status, (await get('navigate')).status]).toEqual([403, 403, 200])
})

test('the body must be of a known type and size', async () => {
  const app = await testApp()
  const post = (body: string, type?: string) =>
    app.ask('/api/tasks', { method: 'POST', body, headers: { 'content-length': String(body.length), ...(type && { 'content-type': type }) } })
  expect((await post('{"command":"true"}', 'text/plain')).status).toBe(415)
  expect((await post('command=true', 'multipart/form-data; boundary=x')).status).toBe(415)
  expect((await post(JSON.stringify({ command: 'x'.repeat(1_100_000) }), 'application/json')).status).toBe(413)
  expect((await post(`command=${'x'.repeat(70_000)}`, 'application/x-www-form-urlencoded')).status).toBe(413)
  expect((await post('{"command":', 'application/json')).status).toBe(422)
  expect((await post('[]', 'application/json')).status).toBe(422)
  expect(await app.logged()).toEqual([])
})

test('a token may do what its role allows, until it is revoked', async () => {
  const app = await testApp()
  const { id, token: secret } = await token(app, 'viewer')
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  expect((await app.over('/api/tasks', { headers })).status).toBe(200)
  expect((await app.over('/api/tasks', { headers, method: 'POST', body: '{"command":"true"}' })).status).toBe(403)
  expect((await app.over('/api/tokens', { headers })).status).toBe(403)
  await app.json(`/api/tokens/${id}/revoke`, {})
  expect((await app.over('/api/tasks', { headers })).status).toBe(401)
  const stored = JSON.stringify(await app.db.selectFrom('tokens').selectAll().execute())
  expect(stored).not.toContain(secret)
})

test('a worker’s token works for its own worker only', async () => {
  const app = await testApp()
  const [mine, other] = [await token(app, 'worker'), await token(app, 'worker')]
  const post = (secret: string, path: string, body: object) =>
    app.over(path, { method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' } })
  await post(mine.token, '/api/workers', { name: 'far', queues: ['default'] })
  await app.json('/api/tasks', { command: 'true' })
  expect((await post(other.token, '/api/tasks/claim', { worker_id: 'w_1' })).status).toBe(403)
  expect((await post(mine.token, '/api/tasks/claim', { worker_id: 'w_1' })).status).toBe(200)
  expect((await post(mine.token, '/api/tasks', { command: 'true' })).status).toBe(403)
})

test('every answer carries the security headers, errors too', async () => {
  const app = await testApp()
  for (const path of ['/tasks', '/ui/tasks', '/api/tasks', '/api/nothing', '/healthz']) {
    const { headers } = await app.ask(path)
    expect([path, headers.get('content-security-policy')]).toEqual([path, expect.stringContaining("default-src 'none'; script-src 'self'")])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})
