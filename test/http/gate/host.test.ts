import { describe, expect, test } from 'vitest'
import { configFrom, UsageError } from '../../../src/config/config.ts'
import { localOriginOf, originOf, programOriginOf } from '../../../src/http/gate/host.ts'
import { form, type TestApp, testApp } from '../../support/app.ts'

const HTML = { accept: 'text/html' }
const BOX = { 'public-url': new URL('https://box.example.net') }

/** The session cookie that a sign-in at `host` is answered with; undefined where it is refused. */
async function signIn(app: TestApp, { headers = {}, ...from }: { host?: string; from?: string; headers?: Record<string, string> } = {}) {
  const { body } = await app.json('/api/sign-in-links', {})
  const answer = await app.over('/auth/exchange', { ...form({ code: body.url }, { 'sec-fetch-site': 'same-origin', ...headers }), ...from })
  return { status: answer.status, cookie: answer.headers.getSetCookie()[0] }
}
const bare = (cookie = '') => cookie.split(';', 1)[0] as string

describe('a host', () => {
  test.each(['evil.test:8355', '127.0.0.1.evil.test:8355', '127.0.0.2', 'localhost.:8355', 'other.localhost', '127.0.0.1:', '127.0.0.1:1@evil.test', ''])(
    'that is not ours, %j, is answered 421 before anything else, without a word about ours',
    async (host) => {
      const app = await testApp()
      for (const path of ['/tasks', '/healthz', '/ui/stream', '/in']) {
        const answer = await app.over(path, { host, headers: HTML })
        expect(answer.status).toBe(421)
        expect(await answer.text()).not.toContain(app.address.label)
      }
    },
  )

  test.each(['127.0.0.1', 'localhost', '[::1]', 'telltale.localhost', 'LOCALHOST'])('that is a loopback name, %s, is ours at any port', async (name) => {
    const app = await testApp()
    const { token } = (await app.json('/api/tokens', { name: 'program', role: 'viewer' })).body.item
    for (const host of [name, `${name}:8355`, `${name}:9999`]) {
      expect((await app.over('/api/tasks', { host, headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    }
  })
})

describe('a browser', () => {
  test('that opens a page by a loopback name is redirected to this server’s own name, through the same tunnel', async () => {
    const app = await testApp()
    expect(app.address.label).toMatch(/^telltale-[0-9a-f]{10}$/)
    for (const [host, port] of [
      ['127.0.0.1:8355', ':8355'],
      ['localhost:8356', ':8356'],
      ['[::1]', ''],
    ]) {
      const answer = await app.over('/tasks?q=a%20b', {
        host: host as string,
        headers: { ...HTML, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      })
      expect([answer.status, answer.headers.get('location')]).toEqual([302, `http://${app.address.label}.localhost${port}/tasks?q=a%20b`])
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  test.each([
    { authorization: 'Bearer x' },
    { 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { 'hx-request': 'true' },
    { accept: '*/*' },
  ])('stays where it is with %j', async (headers) => {
    const app = await testApp()
    const answer = await app.over('/tasks', { host: '127.0.0.1:8355', headers: { ...HTML, ...headers } })
    expect(answer.headers.get('location') ?? '').not.toContain(app.address.label)
  })

  test('neither signs in nor is signed in under a name whose cookies every server of this machine gets', async () => {
    const app = await testApp()
    const { cookie } = await signIn(app)
    expect((await app.over('/api/tasks', { headers: { cookie: bare(cookie) } })).status).toBe(200)
    expect((await app.over('/api/tasks', { host: '127.0.0.1:8355', headers: { cookie: bare(cookie) } })).status).toBe(401)
    expect(await signIn(app, { host: '127.0.0.1:8355' })).toEqual({ status: 421, cookie: undefined })
  })

  test('that cannot open such a name signs in at 127.0.0.1 with --browser-host', async () => {
    const app = await testApp({ 'browser-host': '127.0.0.1' })
    const host = '127.0.0.1:8355'
    const { cookie } = await signIn(app, { host })
    expect((await app.over('/api/tasks', { host, headers: { cookie: bare(cookie) } })).status).toBe(200)
    expect((await app.over('/tasks', { host: 'localhost:8355', headers: HTML })).headers.get('location')).toBe('http://127.0.0.1:8355/tasks')
  })
})

test('only the page of the requested host may send a form without Sec-Fetch-Site', async () => {
  const app = await testApp()
  const { token } = (await app.json('/api/tokens', { name: 'program', role: 'operator' })).body.item
  const post = async (origin: string, host: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin }
    return (await app.over('/api/tasks', { host, method: 'POST', body: '{"command":"true"}', headers })).status
  }
  const own = `${app.address.label}.localhost:8356`
  expect([await post(`http://${own}`, own), await post('http://127.0.0.1:8356', '127.0.0.1:8356')]).toEqual([201, 201])
  expect([await post('http://127.0.0.1:8452', '127.0.0.1:8355'), await post(`https://${own}`, own)]).toEqual([403, 403])
})

describe('behind a proxy that ends TLS', () => {
  test('the public origin is one more name, with a Secure cookie for every browser', async () => {
    const app = await testApp(BOX)
    const host = 'box.example.net'
    const { cookie } = await signIn(app, { host, headers: { origin: 'https://box.example.net', 'user-agent': 'Version/26.0 Safari/605.1.15' } })
    expect(cookie).toMatch(/^__Host-telltale=.*; Secure;/)
    expect((await app.over('/api/tasks', { host, headers: { cookie: bare(cookie) } })).status).toBe(200)
    for (const other of ['box.example.net:8355', 'x.box.example.net', 'box.example.net.evil.test'])
      expect((await app.over('/healthz', { host: other })).status).toBe(421)
    expect((await app.json('/api/sign-in-links', {})).body.url).toMatch(/^https:\/\/box\.example\.net\/in#/)
  })

  test('one that sends another host is accepted only if it is declared', async () => {
    const trusting = await testApp({ ...BOX, 'trusted-proxy': configFrom(['--trusted-proxy', '10.1.0.0/16,::1'], {})['trusted-proxy'] })
    const host = '127.0.0.1:8355'
    const headers = { origin: 'https://box.example.net' }
    for (const from of ['10.1.2.3', '::ffff:10.1.2.3', '::1']) expect(await signIn(trusting, { host, headers, from })).toMatchObject({ status: 200 })
    expect(await signIn(trusting, { host, headers, from: '10.2.0.1' })).toMatchObject({ status: 421 })
    // A browser on this machine, past the proxy.
    expect(await signIn(trusting, { host, headers: { origin: `http://${host}` }, from: '::1' })).toMatchObject({ status: 421 })
  })
})

test('port 80 is not named, and an IPv6 address stands in brackets', async () => {
  const app = await testApp({ port: 80, host: '::1' })
  expect([localOriginOf(app), programOriginOf(app)]).toEqual([`http://${app.address.label}.localhost`, 'http://[::1]'])
  expect((await app.over('/healthz', { host: `${app.address.label}.localhost` })).status).toBe(200)
  expect(originOf(await testApp({ 'browser-host': '[::1]' }))).toBe('http://[::1]:8355')
})

test.each([
  ['--public-url', 'http://box.example.net'],
  ['--public-url', 'https://box.example.net/telltale'],
  ['--public-url', 'https://user@box.example.net'],
  ['--trusted-proxy', 'nginx'],
  ['--trusted-proxy', '10.0.0.0/33'],
  ['--browser-host', 'evil.test'],
])('%s %s is refused', (flag, value) => {
  expect(() => configFrom([flag, value], {})).toThrow(UsageError)
})
