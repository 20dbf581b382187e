import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import type { Route } from '../../src/http/route.ts'
import { testApp } from '../support/app.ts'
import { type Served, served } from '../support/wire.ts'

type Answers = Record<string, { content?: object }>
type Document = { paths: Record<string, Record<string, { responses: Answers; parameters?: object[] }>> }

const documentOf = async () => (await (await testApp()).json<Document>('/api/openapi.json')).body

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1, and a broken one is not', async () => {
    const document = await documentOf()
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect([valid, errors]).toEqual([true, undefined])
    expect(JSON.stringify(document)).not.toContain('#/$defs')
    const broken = structuredClone(document)
    Object.assign(broken.paths['/api/tasks']?.post ?? {}, { responses: 'none' })
    expect((await new Validator().validate(broken)).valid).toBe(false)
  })

  test('has every route of the table', async () => {
    const { routes } = await testApp()
    const { paths } = await documentOf()
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    const listed = new Set(routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`))
    expect(described.sort()).toEqual([...listed].sort())
  })

  test('documents the body, the query and both answers of a path that is also a stream', async () => {
    const { paths } = await documentOf()
    expect(paths['/api/tasks']?.post).toMatchObject({
      description: 'Roles: operator, admin, agent.',
      requestBody: { content: { 'application/json': { schema: { properties: { command: { type: 'string' } } } } } },
    })
    const events = paths['/api/events']?.get
    expect(Object.keys(events?.responses[200]?.content ?? {}).sort()).toEqual(['application/json', 'text/event-stream'])
    expect(events?.parameters).toContainEqual(
      expect.objectContaining({ name: 'order', in: 'query', schema: expect.objectContaining({ enum: ['asc', 'desc'] }) }),
    )
  })
})

test('the page /api lists every route with its roles and a command for this host and port', async () => {
  const app = await served()
  const { token } = (await app.json('/api/tokens', { name: 'test', role: 'viewer' })).body.item
  const html = await (await fetch(`${app.url}/api`, { headers: { authorization: `Bearer ${token}`, accept: 'text/html' } })).text()
  const texts = html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
  for (const { path, summary } of app.routes) expect([path, texts.includes(path), texts.includes(summary)]).toEqual([path, true, true])
  const json = '{"title":"Say hello","command":"echo hello"}'
  expect(texts).toContain(`curl -H "Authorization: Bearer $TELLTALE_TOKEN" --json '${json}' ${app.url}/api/tasks`)
  expect(texts).toContain(`curl -N -H "Authorization: Bearer $TELLTALE_TOKEN" '${app.url}/api/events?kinds=task.'`)
  expect(texts).toContain('operator, admin, agent')
  for (const path of ['/settings', '/palette?q=api']) expect(await (await app.ask(path, { headers: { accept: 'text/html' } })).text()).toContain('href="/api"')
})

/** Creates what an example needs; returns replacements for ids that are not known before. */
type Before = (app: Served) => Promise<{ id?: string; code?: string } | undefined>

const claim = async (app: Served) => void (await app.json('/api/tasks/claim', { worker_id: 'w_1' }))
const fail = async (app: Served) => {
  await claim(app)
  await app.json('/api/tasks/t_1/finish', { worker_id: 'w_1', fence: 1, exit_code: 1 })
  return undefined
}
const cancel = (grace: string) => async (app: Served) => void (await app.json('/api/tasks/t_1/cancel', { grace }))
const stop = async (app: Served) => void (await app.json('/api/workers/w_1/stop', {}))
const link = async (app: Served) => ({ code: (await app.json('/api/sign-in-links', {})).body.url })
const BEFORE: Record<string, Before> = {
  '/api/tasks/:id/run': claim,
  '/api/tasks/:id/heartbeat': claim,
  '/api/tasks/:id/secrets': claim,
  '/api/secrets/:name/remove': async (app) => void (await app.json('/api/secrets', { name: 'OLD_KEY', value: 'of no more use' })),
  '/api/tasks/:id/stdin': claim,
  '/api/tasks/:id/input': listening,
  '/api/tasks/:id/log': claim,
  '/api/tasks/:id/finish': claim,
  '/api/tasks/:id/retry': cancel('0'),
  '/api/tasks/:id/delete': cancel('0'),
  'DELETE /api/tasks/:id': cancel('0'),
  '/api/tasks/:id/acknowledge': fail,
  '/api/tasks/:id/unacknowledge': fail,
  '/api/tasks/:id/undo': cancel('1'),
  '/api/tasks/views/:id/delete': async (app) => void (await app.json('/api/tasks/views', { name: 'open', search: 'q=state:open' })),
  '/api/tasks/views/:id/rename': async (app) => void (await app.json('/api/tasks/views', { name: 'open', search: 'q=state:open' })),
  '/api/workers/:id/delete': stop,
  'DELETE /api/workers/:id': stop,
  '/api/tokens/:id': tokenId,
  '/api/tokens/:id/revoke': tokenId,
  '/api/sessions/:id': sessionId,
  '/api/sessions/:id/revoke': sessionId,
  '/auth/exchange': link,
}
/** These start a process: test/workers/supervisor.test.ts follows them. */
const WITH_PROCESS = ['/api/workers/launch', '/api/workers/:id/restart']

/** A running task with an input, whose worker passes on what it gets. */
async function listening(app: Served) {
  const holder = { worker_id: 'w_1', fence: 1 }
  const { id } = (await app.json('/api/tasks', { command: 'cat', stdin: 'open', urgency: 'high' })).body.item
  await claim(app)
  await app.json(`/api/tasks/${id}/run`, holder)
  void passOn(app, `/api/tasks/${id}/stdin`, holder)
  return { id }
}

async function passOn(app: Served, path: string, holder: object) {
  const { items } = (await app.json(path, { ...holder, wait_s: 60 })).body
  await app.json(path, { ...holder, taken: items.map(({ id }: { id: string }) => id) })
}

async function tokenId(app: Served) {
  return { id: (await app.json('/api/tokens', { name: 'other', role: 'viewer' })).body.item.id as string }
}

async function sessionId(app: Served) {
  const { code } = await link(app)
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  await app.over('/auth/exchange', { method: 'POST', body: JSON.stringify({ code }), headers })
  return { id: (await app.json('/api/sessions')).body.items[0].id as string }
}

test('every documented example is answered as documented', async () => {
  const routes = (await testApp()).routes.filter(({ path }) => !WITH_PROCESS.includes(path))
  expect(routes.length).toBeGreaterThan(70)
  const shared = await ready()
  for (const route of routes) await follow(route, changesOne(route) ? await ready() : shared)
})

/** It leaves the task or the worker in another state than the next example needs. */
const changesOne = ({ method, example }: Route) => method !== 'GET' && ['t_1', 'w_1'].includes(example?.params?.id ?? '')

async function ready(): Promise<Served> {
  const app = await served()
  await app.start()
  await app.json('/api/tasks', { title: 'Say hello', command: 'echo hello' })
  await app.json('/api/workers', { name: 'nas', queues: ['default'] })
  return app
}

async function follow(route: Route, app: Served) {
  const { method, path, example = {}, answer, may } = route
  const { id, code } = (await (BEFORE[`${method} ${path}`] ?? BEFORE[path])?.(app)) ?? {}
  const at = path.replace(/:(\w+)/g, (_, name: string) => (name === 'id' && id) || (example.params?.[name] as string))
  const body = route.body && JSON.stringify({ ...example.body, ...(code && { code }) })
  const headers = { ...(body && { 'content-type': 'application/json' }), accept: answer.type ?? '*/*' }
  const url = `${at}${example.query ? `?${new URLSearchParams(example.query)}` : ''}`
  const sent = { method, headers, ...(body && { body }) }
  const response = await (may === 'control socket' ? app.ask(url, sent) : admitted(app, url, sent))
  const isStream = answer.type === 'text/event-stream'
  const text = isStream ? '' : await response.text()
  if (isStream) await response.body?.cancel()
  const mediaType = (type: string | null | undefined) => type?.split(';')[0]
  expect([method, url, response.status, response.status >= 400 && text]).toEqual([method, url, answer.status, false])
  if (answer.type) expect([url, mediaType(response.headers.get('content-type'))]).toEqual([url, mediaType(answer.type)])
  if (answer.schema) expect([url, answer.schema.safeParse(JSON.parse(text)).error?.issues]).toEqual([url, undefined])
}

async function admitted(app: Served, url: string, sent: { method: string; headers: Record<string, string>; body?: string }): Promise<Response> {
  if (url === '/auth/exchange') return app.over(url, { ...sent, headers: { ...sent.headers, 'sec-fetch-site': 'same-origin' } })
  const { token } = (await app.json('/api/tokens', { name: 'test', role: 'admin' })).body.item
  return fetch(app.url + url, { ...sent, redirect: 'manual', headers: { ...sent.headers, authorization: `Bearer ${token}` } })
}
