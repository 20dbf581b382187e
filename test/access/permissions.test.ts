import { describe, expect, test } from 'vitest'
import type { Route } from '../../src/http/route.ts'
import { COMMON, Permissions, ROLES, type Role } from '../../src/log/actor.ts'
import { slices } from '../../src/slices.ts'
import { form, testApp } from '../support/app.ts'
import { served } from '../support/wire.ts'

/** No route has it. */
const OTHER_METHOD = 'PATCH'

/** Where the route is, of a thing that need not exist. */
const pathOf = ({ path, example }: Route) => path.replace(/:(\w+)/g, (_, name: string) => example?.params?.[name] ?? 'none')

const permissions = new Permissions([COMMON, ...slices.map(({ actions = {} }) => actions)])
const mayUse = ({ may }: Route, role: Role) => may === 'anyone' || may === 'any role' || (may !== 'control socket' && permissions.may({ role }, may))

/** A body that no route accepts: a request that is let in changes nothing. */
const UNFIT = { body: '[]', headers: { 'content-type': 'application/json' } }

test('every address but those of assets is in the table, once', async () => {
  const { http, routes } = await testApp()
  const registered = new Set(http.routes.map(({ method, path }) => `${method} ${path}`).filter((name) => !name.startsWith('ALL ')))
  const listed = new Set(routes.map(({ method, path }) => `${method} ${path}`))
  expect(listed.size).toBeGreaterThan(70)
  expect([...listed].filter((name) => !registered.has(name))).toEqual([])
  expect([...registered].filter((name) => !listed.has(name) && !/^GET \/(assets\/\*|[a-z-]+\.(svg|webmanifest))$/.test(name))).toEqual([])
})

describe('a role', () => {
  test.each(ROLES)('%s may do what its role allows, and nothing else', async (role) => {
    const app = await served()
    const { token } = (await app.json('/api/tokens', { name: 'test', role })).body.item
    const verdicts = { allowed: 0, refused: 0 }
    for (const route of app.routes.filter(({ path }) => path !== '/auth/sign-out')) {
      const sent = route.method === 'GET' ? { headers: {} } : UNFIT
      const answer = await fetch(app.url + pathOf(route), {
        method: route.method,
        redirect: 'manual',
        ...sent,
        headers: { ...sent.headers, authorization: `Bearer ${token}`, ...(route.answer.type !== 'text/event-stream' && { accept: 'application/json' }) },
      })
      const text = answer.headers.get('content-type')?.startsWith('text/event-stream') ? '' : await answer.text()
      await answer.body?.cancel().catch(() => {})
      const isRefused = answer.status === 403 && /may not do this|control socket only/.test(text)
      expect([route.method, route.path, isRefused, answer.status === 500, answer.status === 401]).toEqual([
        route.method,
        route.path,
        !mayUse(route, role),
        false,
        false,
      ])
      verdicts[isRefused ? 'refused' : 'allowed']++
    }
    expect(verdicts.allowed).toBeGreaterThan(5)
    expect(verdicts.refused).toBeGreaterThan(0)
  })

  test('is needed wherever a route is not open to anyone', async () => {
    const app = await testApp()
    for (const route of app.routes) {
      const { status } = await app.over(pathOf(route), { method: route.method, ...(route.method === 'GET' ? {} : UNFIT) })
      expect([route.method, route.path, status === 401]).toEqual([route.method, route.path, route.may !== 'anyone'])
    }
  })
})

test('every change needs more than the role of a viewer', async () => {
  const { routes } = await testApp()
  const more = routes.filter(({ method, may }) => method !== 'GET' || may !== 'read').map(({ method, path, may }) => `${may}: ${method} ${path}`)
  expect(more.sort()).toMatchInlineSnapshot(`
    [
      "any role: GET /",
      "any role: POST /auth/sign-out",
      "anyone: GET /healthz",
      "anyone: GET /in",
      "anyone: GET /readyz",
      "anyone: POST /auth/exchange",
      "anyone: POST /csp",
      "control socket: POST /api/sign-in-links",
      "events.append: POST /api/events",
      "queues.operate: POST /api/queues/:name/limits",
      "queues.operate: POST /api/queues/:name/pause",
      "queues.operate: POST /api/queues/:name/resume",
      "read: POST /settings/preferences",
      "secrets.manage: GET /api/secrets",
      "secrets.manage: POST /api/secrets",
      "secrets.manage: POST /api/secrets/:name/remove",
      "settings.manage: POST /settings/data",
      "tasks.create: GET /tasks/new",
      "tasks.create: GET /ui/tasks/new",
      "tasks.create: POST /api/tasks",
      "tasks.operate: DELETE /api/tasks/:id",
      "tasks.operate: GET /tasks/confirm",
      "tasks.operate: POST /api/tasks/:id/acknowledge",
      "tasks.operate: POST /api/tasks/:id/cancel",
      "tasks.operate: POST /api/tasks/:id/delete",
      "tasks.operate: POST /api/tasks/:id/description",
      "tasks.operate: POST /api/tasks/:id/input",
      "tasks.operate: POST /api/tasks/:id/retry",
      "tasks.operate: POST /api/tasks/:id/start-now",
      "tasks.operate: POST /api/tasks/:id/unacknowledge",
      "tasks.operate: POST /api/tasks/:id/undo",
      "tasks.operate: POST /api/tasks/bulk",
      "tasks.operate: POST /api/tasks/views",
      "tasks.operate: POST /api/tasks/views/:id/delete",
      "tasks.operate: POST /api/tasks/views/:id/rename",
      "tasks.work: POST /api/tasks/:id/finish",
      "tasks.work: POST /api/tasks/:id/heartbeat",
      "tasks.work: POST /api/tasks/:id/log",
      "tasks.work: POST /api/tasks/:id/run",
      "tasks.work: POST /api/tasks/:id/secrets",
      "tasks.work: POST /api/tasks/:id/stdin",
      "tasks.work: POST /api/tasks/claim",
      "tokens.manage: GET /api/sessions",
      "tokens.manage: GET /api/sessions/:id",
      "tokens.manage: GET /api/tokens",
      "tokens.manage: GET /api/tokens/:id",
      "tokens.manage: GET /settings/access",
      "tokens.manage: POST /api/sessions/:id/revoke",
      "tokens.manage: POST /api/tokens",
      "tokens.manage: POST /api/tokens/:id/revoke",
      "workers.operate: DELETE /api/workers/:id",
      "workers.operate: POST /api/workers/:id/delete",
      "workers.operate: POST /api/workers/:id/drain",
      "workers.operate: POST /api/workers/:id/force-stop",
      "workers.operate: POST /api/workers/:id/restart",
      "workers.operate: POST /api/workers/:id/stop",
      "workers.operate: POST /api/workers/launch",
      "workers.register: POST /api/workers",
      "workers.register: POST /api/workers/:id/goodbye",
      "workers.register: POST /api/workers/:id/hello",
    ]
  `)
})

test('a path answers an unknown method with 405 and the methods of the table', async () => {
  const app = await testApp()
  for (const path of new Set(app.routes.map(({ path }) => path))) {
    const here = app.routes.filter((route) => route.path === path)
    const own = new Set(here.map(({ method }) => method as string))
    const answer = await app.ask(pathOf(here[0] as Route), { method: OTHER_METHOD })
    expect([path, answer.status]).toEqual([path, 405])
    expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining([...own]))
  }
})

test('a refused form is shown again with what was typed, as a page or as a part of one', async () => {
  const app = await testApp()
  const forms = app.routes.filter((route) => route.form)
  expect(forms.length).toBeGreaterThan(2)
  for (const route of forms) {
    const name = Object.keys(route.example?.body ?? {}).find((name) => name !== 'queues') as string
    const send = (headers: Record<string, string>) => app.ask(route.path, form({ [name]: 'typed here', nonsense: '1' }, headers))
    const [page, fragment, machine] = [await send({ accept: 'text/html' }), await send({ 'hx-request': 'true' }), await send({})]
    expect([route.path, page.status, fragment.status, machine.status]).toEqual([route.path, 422, 422, 422])
    const [whole, part] = [await page.text(), await fragment.text()]
    expect([route.path, whole.includes('<html'), part.includes('<html')]).toEqual([route.path, true, false])
    for (const html of [whole, part]) expect([route.path, html.includes('typed here')]).toEqual([route.path, true])
    expect(machine.headers.get('content-type')).toBe('application/problem+json')
  }
})
