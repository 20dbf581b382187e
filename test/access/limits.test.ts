import { describe, expect, test } from 'vitest'
import { Limit } from '../../src/access/limits.ts'
import { form, type TestApp, testApp } from '../support/app.ts'
import { until } from '../support/server.ts'
import { served } from '../support/wire.ts'

const bearer = async (app: TestApp, role: string, name = role) => {
  const { token } = (await app.json('/api/tokens', { name, role })).body.item
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
}
const RATE_LIMITED = { status: 429, code: 'rate_limited' }

describe('a limit', () => {
  const limit = (burst: number, perSecond: number) => {
    let ms = 0
    return { limit: new Limit({ burst, perSecond, now: () => ms }), pass: (by: number) => (ms += by) }
  }

  test('allows a burst, then its rate, for each key alone', () => {
    const { limit: it, pass } = limit(3, 2)
    expect([it.take('a'), it.take('a'), it.take('a'), it.take('a'), it.take('b')]).toEqual([0, 0, 0, 0.5, 0])
    pass(500)
    expect([it.take('a'), it.take('a')]).toEqual([0, 0.5])
    pass(60_000)
    expect([1, 2, 3, 4].map(() => it.take('a') === 0)).toEqual([true, true, true, false])
  })

  test('remembers a bounded number of keys, and the ones that are in use', () => {
    const { limit: it } = limit(1, 1)
    for (let i = 0; i < 30_000; i++) {
      it.take(`key ${i}`)
      if (i % 100 === 0) it.take('busy')
    }
    expect(it.size).toBe(10_000)
    expect([it.take('busy') > 0, it.take('key 1')]).toEqual([true, 0])
  })
})

describe('wrong sign-in codes', () => {
  const exchange = (app: TestApp, code: string, from?: string, headers = {}) =>
    app.over('/auth/exchange', { ...form({ code }, { 'sec-fetch-site': 'same-origin', ...headers }), ...(from && { from }) })

  test('are limited to ten a minute per address; a right code never is', async () => {
    const app = await testApp()
    const statuses = []
    for (let i = 0; i < 12; i++) statuses.push((await exchange(app, `wrong-${i}`)).status)
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    const refused = await exchange(app, 'wrong')
    expect(await refused.json()).toMatchObject(RATE_LIMITED)
    expect(Number(refused.headers.get('retry-after'))).toBe(6)
    expect((await exchange(app, 'wrong', '10.0.0.9')).status).toBe(401)
    for (let i = 0; i < 12; i++) expect((await exchange(app, (await app.json('/api/sign-in-links', {})).body.url)).status).toBe(200)
    app.time.pass(6_001)
    expect([(await exchange(app, 'wrong')).status, (await exchange(app, 'wrong')).status]).toEqual([401, 429])
  })

  test('count for the address that a declared proxy forwards, not for one that a client claims', async () => {
    const { configFrom } = await import('../../src/config/config.ts')
    const app = await testApp({ 'trusted-proxy': configFrom(['--trusted-proxy', '10.0.0.1'], {})['trusted-proxy'] })
    const claim = (i: number) => ({ 'x-forwarded-for': `6.6.6.6, 198.51.100.${i}` })
    for (let i = 0; i < 12; i++) expect((await exchange(app, 'wrong', '10.0.0.1', claim(i))).status).toBe(401)
    const direct = []
    for (let i = 0; i < 12; i++) direct.push((await exchange(app, 'wrong', '10.0.0.2', claim(i))).status)
    expect(direct.at(-1)).toBe(429)
  })
})

test('writes are limited for each token, whatever its name; reads and the control socket are not', async () => {
  const app = await testApp({ 'writes-per-second': 2 })
  const [one, other] = [await bearer(app, 'operator', 'same'), await bearer(app, 'operator', 'same')]
  const post = (headers: Record<string, string>) => app.over('/api/tasks', { method: 'POST', body: '{"command":"true"}', headers })
  const statuses = []
  for (let i = 0; i < 12; i++) statuses.push((await post(one)).status)
  expect(statuses).toEqual([...Array(10).fill(201), 429, 429])
  const refused = await post(one)
  expect([await refused.json(), refused.headers.get('retry-after')]).toMatchObject([RATE_LIMITED, '1'])
  expect([(await post(other)).status, (await app.over('/api/tasks', { headers: one })).status]).toEqual([201, 200])
  for (let i = 0; i < 12; i++) expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(201)
  app.time.pass(500)
  expect([(await post(one)).status, (await post(one)).status]).toEqual([201, 429])
})

test('reports of a violated policy are sampled, and the log counts the skipped ones', async () => {
  const app = await testApp()
  const report = () => app.over('/csp', { method: 'POST', body: '{"blocked-uri":"inline"}', headers: { 'content-type': 'application/csp-report' } })
  const logged = () => app.lines.filter((line) => line.includes('security policy'))
  for (let i = 0; i < 50; i++) expect((await report()).status).toBe(204)
  expect(logged()).toHaveLength(5)
  app.time.pass(10_001)
  await report()
  expect(logged().slice(5)).toEqual([expect.stringContaining('45 more')])
})

test('a token has a limited number of streams, and gets another when one ends', async () => {
  const app = await served({ 'max-streams': 3 })
  const [one, other] = [await bearer(app, 'viewer'), await bearer(app, 'viewer')]
  const open = async (headers: Record<string, string>, path = '/ui/stream') => {
    const gone = new AbortController()
    const answer = await fetch(app.url + path, { headers, signal: gone.signal })
    return { status: answer.status, answer, end: () => gone.abort() }
  }
  const held = [await open(one), await open(one, '/api/events'), await open(one, '/ui/sse/tasks')]
  expect(held.map(({ status }) => status)).toEqual([200, 200, 200])
  for (const path of ['/ui/stream', '/api/events', '/ui/sse/tasks']) {
    const { status, answer } = await open(one, path)
    expect([status, answer.headers.get('retry-after'), answer.headers.get('content-security-policy')]).toEqual([429, '5', expect.any(String)])
  }
  const others = await open(other)
  expect(others.status).toBe(200)
  held[0]?.end()
  await until(() => app.streams.size === 3)
  const again = await open(one)
  expect(again.status).toBe(200)
  for (const { end } of [...held.slice(1), others, again]) end()
})
