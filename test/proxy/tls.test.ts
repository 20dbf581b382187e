import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configFrom } from '../../src/config/config.ts'
import { steadyPort } from '../support/port.ts'
import { temporaryFolder, until } from '../support/server.ts'
import { type Served, served } from '../support/wire.ts'
import { certificate, hasTls, NAME, Visitor } from './https.ts'
import { nginx } from './nginx.ts'

const URLS = ['--public-url', `https://${NAME}`]

/** As an operator declares it; `trusted` is whose X-Forwarded-For is believed. */
const declared = (trusted?: string) => {
  const { 'public-url': publicUrl, 'trusted-proxy': proxy } = configFrom([...URLS, ...(trusted ? ['--trusted-proxy', trusted] : [])], {})
  return served({ 'public-url': publicUrl, 'trusted-proxy': proxy })
}

/** nginx ends TLS in front of the server, with nothing set but where to pass things on and `lines`. */
async function behindTls(app: Served, lines = ''): Promise<Visitor> {
  const folder = join(temporaryFolder(), 'nginx')
  const { ca, lines: tls } = certificate(folder)
  const [port, secure] = [await steadyPort(), await steadyPort()]
  const server = `listen 127.0.0.1:${secure} ssl; ${tls} location / { proxy_pass ${app.url}; ${lines} }`
  const proxy = await nginx(folder, { port, server })
  onTestFinished(() => proxy.stop())
  return new Visitor(secure, ca)
}

async function signIn(app: Served, visitor: Visitor, headers: Record<string, string> = {}) {
  const { url } = (await app.json('/api/sign-in-links', {})).body
  expect(url).toMatch(`https://${NAME}/in#`)
  const { status, headers: got } = await visitor.ask('/auth/exchange', {
    method: 'POST',
    body: new URLSearchParams({ code: url }),
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
  })
  const cookie = got['set-cookie']?.find((line) => line.includes('telltale='))
  visitor.cookie = cookie?.split(';')[0] ?? ''
  return { status, cookie }
}

/** The text of the stream, from its first frame on. */
async function streamOf(visitor: Visitor, path: string): Promise<{ answer: IncomingMessage; text: () => string }> {
  const answer = await visitor.open(path, { headers: { accept: 'text/event-stream' } })
  onTestFinished(() => void answer.destroy())
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  answer.on('error', () => {})
  await until(() => text.includes('event: ready') || answer.complete)
  return { answer, text: () => text }
}

test.skipIf(!hasTls()).each([
  ['as it is installed, which names its upstream as the host', '127.0.0.1', ''],
  ['that passes the host on', undefined, 'proxy_set_header Host $host;'],
  ['that adds what its manual says', '127.0.0.1', 'proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'],
])('behind nginx %s, a browser signs in, sends a form and hears of it', async (_, trusted, lines) => {
  const app = await declared(trusted)
  const visitor = await behindTls(app, lines)
  const signedOut = await visitor.ask('/tasks')
  expect([signedOut.status, signedOut.headers.location]).toEqual([303, '/in'])
  const { status, cookie } = await signIn(app, visitor)
  expect(status).toBe(303)
  expect(cookie).toMatch(/^__Host-telltale=.+; Path=\/; HttpOnly; Secure; SameSite=Strict$/)

  const stream = await streamOf(visitor, '/ui/stream')
  const task = new URLSearchParams({ title: 'by way of nginx', command: 'true' })
  expect((await visitor.ask('/api/tasks', { method: 'POST', body: task })).status).toBe(303)
  await until(() => stream.text().includes('event: tasks-changed'))
  expect((await visitor.ask('/tasks')).body).toContain('by way of nginx')

  for (const origin of ['https://evil.test', `http://${NAME}`, app.url, 'null'])
    expect([origin, (await visitor.ask('/api/tasks', { method: 'POST', body: task, headers: { origin } })).status]).toEqual([origin, 403])
})

test.skipIf(!hasTls())('what a proxy that is not declared says of the host, the scheme and the caller counts for nothing', async () => {
  const app = await declared('10.0.0.1')
  const visitor = await behindTls(app)
  const claims = { 'x-forwarded-host': NAME, 'x-forwarded-proto': 'https', forwarded: `host=${NAME};proto=https`, 'x-forwarded-for': '10.0.0.1' }
  expect(await signIn(app, visitor, claims)).toEqual({ status: 421, cookie: undefined })
  const page = await visitor.ask('/tasks', { headers: claims })
  expect([page.status, page.headers.location]).toEqual([302, expect.stringContaining(app.address.label)])
})
