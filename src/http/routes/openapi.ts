import { type ZodType, z } from 'zod'
import { type Permissions, ROLES } from '../../log/actor.ts'
import type { Route } from '../route.ts'

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
}
interface Operation {
  responses: Record<string, { content?: object; $ref?: string; description?: string }>
  [name: string]: unknown
}

/** The roles whose tokens and sessions may use a route; empty for one that is open to anyone, or to the control socket only. */
export function rolesOf({ may }: Route, permissions: Permissions): readonly string[] {
  if (may === 'anyone' || may === 'control socket') return []
  return may === 'any role' ? ROLES : ROLES.filter((role) => permissions.may({ role }, may))
}

/** What a body or query may hold, as JSON Schema 2020-12. */
export function schemaOf(schema: ZodType, io: 'input' | 'output' = 'input'): Schema {
  const { $schema, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described as Schema
}

/** Fewer routes than these make no group of their own. */
const SMALLEST_GROUP = 3
const OTHERS = 'others'

/** The routes by the noun of their paths, and last those that are alone with theirs. */
export function grouped(routes: readonly Route[]): [name: string, routes: readonly Route[]][] {
  const nouns = Object.entries(Object.groupBy(routes, nounOf)).map(([noun, its = []]) => ({ noun, its }))
  const [large, small] = [nouns.filter(({ its }) => its.length >= SMALLEST_GROUP), nouns.filter(({ its }) => its.length < SMALLEST_GROUP)]
  return [...large.map(({ noun, its }): [string, Route[]] => [noun, its]), [OTHERS, small.flatMap(({ its }) => its)]]
}

const nounOf = ({ path }: Route): string => path.split('/').find((part) => part && !['api', 'ui'].includes(part) && !part.startsWith(':')) ?? OTHERS

/** The table of routes as an OpenAPI 3.1 document. */
export function openapi(routes: readonly Route[], { version, permissions }: { version: string; permissions: Permissions }): object {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const [tag, own] of grouped(routes)) {
    for (const route of own) {
      const path = route.path.replace(/:(\w+)/g, '{$1}')
      const method = route.method.toLowerCase()
      const here = paths[path] ?? {}
      here[method] = joined(operation(route, tag, rolesOf(route, permissions)), here[method])
      paths[path] = here
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Telltale', version, description: 'The routes of this server: its API, its pages and their parts, and its streams.' },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: '__Host-telltale' } },
      responses: { Problem: { description: 'What is wrong (RFC 9457)', content: { 'application/problem+json': { schema: PROBLEM } } } },
    },
  }
}

const PROBLEM = schemaOf(
  z.looseObject({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
  }),
  'output',
)

function operation(route: Route, tag: string, roles: readonly string[]): Operation {
  const { summary, may, body, answer, example } = route
  const { status, type, schema, says } = answer
  const content = type && { content: { [type]: schema ? { schema: schemaOf(schema, 'output') } : {} } }
  const parameters = [...pathParameters(route), ...queryParameters(route)]
  return {
    summary,
    tags: [tag],
    ...(roles.length > 0 && { description: `Roles: ${roles.join(', ')}.` }),
    ...(may === 'control socket' && { description: 'Over the control socket only.' }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(schemaOf(body), example?.body) }),
    responses: { [status]: { description: says, ...content }, default: { $ref: '#/components/responses/Problem' } },
    security: roles.length > 0 ? [{ token: [] }, { session: [] }] : [],
  }
}

function requestBody(schema: Schema, example: object | undefined): object {
  const isRequired = (schema.required ?? []).length > 0
  return { required: isRequired, content: { 'application/json': { schema, ...(example && { example }) }, 'application/x-www-form-urlencoded': { schema } } }
}

function pathParameters({ path, example }: Route): object[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' }, ...shown(example?.params?.[name]) }))
}

function queryParameters({ query, example }: Route): object[] {
  const { properties = {}, required = [] } = query ? schemaOf(query) : {}
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema, ...shown(example?.query?.[name]) }
  })
}

const shown = (example: string | undefined) => (example === undefined ? {} : { example })

/** A stream and a page of the same are one operation, with two types of content. */
function joined(one: Operation, other: Operation | undefined): Operation {
  if (!other) return one
  const responses = Object.fromEntries(
    Object.entries(one.responses).map(([status, response]) => [status, { ...response, ...contentOf(response, other.responses[status]) }]),
  )
  const parameters = [...((one.parameters as { name: string }[]) ?? []), ...((other.parameters as { name: string }[]) ?? [])]
  return { ...one, parameters: parameters.filter(({ name }, i) => parameters.findIndex((same) => same.name === name) === i), responses }
}

const contentOf = (one: { content?: object }, other: { content?: object } = {}) => (one.content ? { content: { ...other.content, ...one.content } } : {})
