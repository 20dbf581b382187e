import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type ApiGroup, apiPage } from '../../../views/shell/api.tsx'
import { controlSocket } from '../../config/command.ts'
import { quoted } from '../../input/shell.ts'
import { perApp } from '../../live/app.ts'
import { json, page } from '../answer.ts'
import { addressOf, programOriginOf } from '../gate/host.ts'
import { viewerOf } from '../respond.ts'
import { type Call, type Route, route } from '../route.ts'
import type { Site } from '../site.ts'
import { grouped, openapi, rolesOf, schemaOf } from './openapi.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }

/** The table never changes while a server runs. */
const documents = perApp(() => ({ text: '' }))

/** The table of routes, for people and for programs; its page belongs to the slice `at`. */
export const routes = (at: string): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api',
    summary: 'Every route of this server',
    may: 'read',
    answer: page('The routes with their bodies, answers, roles and curl lines'),
    run: (call) => call.app.bare(call.c, 'API', apiPage(groupsOf(call), viewerOf(call.app, call.c)), { at }),
  }),
  route({
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'The routes as an OpenAPI document',
    may: 'read',
    answer: json(z.looseObject({ openapi: z.string() }), { says: 'An OpenAPI 3.1 document' }),
    run({ app, c }) {
      const kept = documents(app)
      kept.text ||= JSON.stringify(openapi(app.routes, { version, permissions: app.permissions }))
      return c.body(kept.text, 200, { 'Content-Type': 'application/json' })
    },
  }),
]

function groupsOf(call: Call): ApiGroup[] {
  const origin = originFor(call)
  return grouped(call.app.routes).map(([name, routes]) => ({
    name,
    routes: routes.map((route) => ({ ...shown(route, call.app), curl: curlOf(route, { origin, data: call.app.config.data }) })),
  }))
}

function shown(route: Route, { permissions }: Site): Omit<ApiGroup['routes'][number], 'curl'> {
  const { method, path, summary, may, body, query, answer } = route
  return {
    method,
    path,
    summary,
    may,
    roles: rolesOf(route, permissions),
    body: fieldsOf(body),
    query: fieldsOf(query),
    answer: { ...answer, type: answer.type ?? '' },
  }
}

function fieldsOf(schema: Route['body']): { name: string; isRequired: boolean }[] {
  const { properties = {}, required = [] } = schema ? schemaOf(schema) : {}
  return Object.keys(properties).map((name) => ({ name, isRequired: required.includes(name) }))
}

/** Where the viewer's own programs reach this server: through a tunnel, at the port that the browser uses. */
function originFor({ app, c }: Call): string {
  const address = addressOf(app, c)
  if (address?.of === 'public') return address.origin
  const url = new URL(programOriginOf(app))
  if (address) url.port = new URL(address.origin).port
  return url.origin
}

/** A line for a shell that makes the request of the route's example. */
function curlOf({ method, path, may, query, body, answer, example }: Route, { origin, data }: { origin: string; data: string }): string {
  const at = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(example?.params?.[name] ?? name))
  const search = example?.query ? `?${new URLSearchParams(example.query)}` : ''
  const json = body && JSON.stringify(example?.body ?? {})
  return [
    'curl',
    ...(answer.type === 'text/event-stream' ? ['-N'] : []),
    ...(may === 'control socket' ? [`--unix-socket ${quoted(controlSocket(data))}`] : []),
    ...(may === 'anyone' || may === 'control socket' ? [] : ['-H "Authorization: Bearer $TELLTALE_TOKEN"']),
    ...(answer.type === 'application/json' && method === 'GET' && query ? ["-H 'Accept: application/json'"] : []),
    ...(json ? [`--json ${quoted(json)}`] : []),
    ...(method === 'GET' || (method === 'POST' && json) ? [] : [`-X ${method}`]),
    quoted(`${origin}${at}${search}`),
  ].join(' ')
}
