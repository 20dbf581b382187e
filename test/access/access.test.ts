import { describe, expect, test } from 'vitest'
import * as tokens from '../../src/access/tokens.ts'
import type { Actor } from '../../src/log/actor.ts'
import { form, type TestApp, testApp } from '../support/app.ts'
import { until } from '../support/server.ts'
import { served } from '../support/wire.ts'

const DAY_MS = 86_400_000
const SAME = { 'sec-fetch-site': 'same-origin' }
const JSON_TYPE = { 'content-type': 'application/json' }

interface Made {
  id: string
  token: string
}
const mint = async (app: TestApp, role: string, { by, ...more }: { by?: Made; name?: string; expires_days?: number } = {}): Promise<Made> => {
  const body = JSON.stringify({ name: role, role, ...more })
  const sent = { method: 'POST', body, headers: { ...JSON_TYPE, ...(by && { authorization: `Bearer ${by.token}` }) } }
  const answer = await (by ? app.over('/api/tokens', sent) : app.ask('/api/tokens', sent))
  return ((await answer.json()) as { item: Made }).item
}
const status = async (app: TestApp, { token }: Made) => (await app.over('/api/tasks', { headers: { authorization: `Bearer ${token}` } })).status

async function signIn(app: TestApp): Promise<string> {
  const { body } = await app.json('/api/sign-in-links', {})
  const answer = await app.over('/auth/exchange', form({ code: body.url }, SAME))
  return answer.headers.getSetCookie()[0]?.split(';')[0] as string
}
const changes = async (app: TestApp) =>
  (await app.json('/api/events?kinds=access.changed', undefined, { headers: { accept: 'application/json' } })).body.items.map(
    ({ payload, subject }: { payload: { action: string; principal: string; author: string }; subject: string }) =>
      [payload.action, payload.principal, payload.author, subject.split(':')[0]].join(' '),
  )

describe('access.changed', () => {
  test('is in the log for each token and session that begins or ends, and never with a secret', async () => {
    const app = await testApp()
    const { id, token } = await mint(app, 'viewer', { name: 'phone' })
    await app.json(`/api/tokens/${id}/revoke`, {})
    const [one, other, idle] = [await signIn(app), await signIn(app), await signIn(app)]
    await app.over('/auth/sign-out', { method: 'POST', headers: { cookie: one, ...SAME } })
    const session = (await app.json('/api/sessions')).body.items[0].id
    expect((await app.json(`/api/sessions/${session}`)).body.item.id).toBe(session)
    await app.json(`/api/sessions/${session}/revoke`, {})
    app.time.pass(12.1 * 3_600_000)
    for (const cookie of [other, idle, idle]) expect((await app.over('/api/tasks', { headers: { cookie } })).status).toBe(401)
    await until(async () => (await changes(app)).length >= 8) // a request does not wait for the end of its session to be written
    expect((await changes(app)).toReversed()).toEqual([
      'token_created viewer:phone owner token',
      'token_revoked viewer:phone owner token',
      ...Array(3).fill('signed_in operator operator session'),
      'signed_out operator operator session',
      'session_ended operator owner session',
      'session_ended operator telltale session',
    ])
    const stored = JSON.stringify(await app.db.selectFrom('events').selectAll().execute())
    for (const secret of [token, one, other, idle]) expect(stored).not.toContain(secret.split('=').at(-1))
  })

  test('is reported in the feed and on the page of sign-ins', async () => {
    const app = await testApp()
    await mint(app, 'ingest', { name: 'nas <b>' })
    const html = await (await app.ask('/settings/access', { headers: { accept: 'text/html' } })).text()
    expect(html.replace(/<[^>]*>/g, '')).toMatch(/ingest:nas &lt;b> was given a token/)
    const feed = await (await app.ask('/ui/home', { headers: { accept: 'text/html' } })).text()
    expect(feed).toContain('was given a token')
  })
})

describe('a token', () => {
  test('of any role lasts 90 days by default', async () => {
    const app = await testApp()
    for (const role of ['viewer', 'operator', 'admin', 'worker', 'agent', 'ingest']) {
      const { id } = await mint(app, role)
      const { expires_at } = (await app.json(`/api/tokens/${id}`)).body.item
      expect([role, Date.parse(expires_at) - app.time.now()]).toEqual([role, 90 * DAY_MS])
    }
  })

  test('is revoked with the token that created it, and expires no later', async () => {
    const app = await testApp()
    const parent = await mint(app, 'admin', { expires_days: 10 })
    const child = await mint(app, 'admin', { by: parent })
    const grandchild = await mint(app, 'viewer', { by: child })
    const apart = await mint(app, 'viewer')
    expect(Date.parse((await app.json(`/api/tokens/${grandchild.id}`)).body.item.expires_at) - app.time.now()).toBe(10 * DAY_MS)
    await app.json(`/api/tokens/${child.id}/revoke`, {})
    expect([await status(app, parent), await status(app, child), await status(app, grandchild)]).toEqual([200, 401, 401])
    const second = await mint(app, 'viewer', { by: parent })
    await app.json(`/api/tokens/${parent.id}/revoke`, {})
    expect([await status(app, second), await status(app, apart)]).toEqual([401, 200])
    const revoked = (await changes(app)).filter((line: string) => line.startsWith('token_revoked'))
    expect(revoked).toHaveLength(4)
  })

  test('creates no other once it is revoked, however soon after it was authenticated', async () => {
    const app = await testApp()
    const parent = await mint(app, 'admin')
    const actor = await tokens.holderOf(app, parent.token)
    const wanted = { name: 'late', role: 'admin', expires_days: 1 } as const
    expect(await tokens.create(app, { actor: actor as Actor }, { ...wanted, name: 'control' })).toHaveProperty('token')
    await app.json(`/api/tokens/${parent.id}/revoke`, {})
    await expect(tokens.create(app, { actor: actor as Actor }, wanted)).rejects.toThrow('revoked')
    expect((await tokens.list(app)).filter(({ revoked_at }) => revoked_at === null)).toEqual([])
  })

  test('has its own Idempotency-Keys, even beside another token of its name', async () => {
    const app = await testApp()
    const [one, other] = [await mint(app, 'operator'), await mint(app, 'operator')]
    const create = async ({ token }: Made) => {
      const headers = { ...JSON_TYPE, authorization: `Bearer ${token}`, 'idempotency-key': 'k1' }
      const answer = await app.over('/api/tasks', { method: 'POST', body: '{"command":"true"}', headers })
      return ((await answer.json()) as { item: { id: string } }).item.id
    }
    expect([await create(one), await create(one), await create(other)]).toEqual(['t_1', 't_1', 't_2'])
  })
})

describe('a stream', () => {
  const endsAfter = async (headers: Record<string, string>, app: Awaited<ReturnType<typeof served>>) => {
    const answers = await Promise.all(['/ui/stream', '/api/events', '/ui/sse/tasks'].map((path) => fetch(app.url + path, { headers })))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    return Promise.all(answers.map((answer) => answer.text()))
  }

  test('ends when its token expires, and one of another token continues', async () => {
    const app = await served()
    const [short, long] = [await mint(app, 'viewer', { expires_days: 1 }), await mint(app, 'viewer')]
    app.time.pass(DAY_MS - 700)
    const control = await fetch(`${app.url}/api/events`, { headers: { authorization: `Bearer ${long.token}` } })
    for (const text of await endsAfter({ authorization: `Bearer ${short.token}` }, app)) expect(text).toContain('event: end')
    await until(() => app.streams.size === 1)
    app.time.pass(1000)
    expect(await status(app, short)).toBe(401)
    await control.body?.cancel()
  })

  test('ends when its session does', async () => {
    const app = await served()
    const cookie = await signIn(app)
    for (let day = 0; day < 60; day++) {
      app.time.pass(DAY_MS / 2 - (day === 59 ? 700 : 0))
      expect((await app.over('/api/tasks', { headers: { cookie } })).status).toBe(200)
    }
    const headers = { cookie, host: `${app.address.label}.localhost:${app.address.port}` }
    const { reading } = await import('../support/wire.ts')
    const stream = await reading({ host: '127.0.0.1', port: app.address.port }, '/api/events', headers)
    expect(stream.status).toBe(200)
    await until(() => stream.isOver())
    expect(stream.of('end')).toHaveLength(1)
  })
})
