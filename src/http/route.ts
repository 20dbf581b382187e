import type { Context } from 'hono'
import type { ZodType } from 'zod'
import type { Action } from '../live/actor.ts'
import { can } from '../live/actor.ts'
import type { App } from '../live/app.ts'
import { check } from '../live/check.ts'
import { isObject } from '../live/json.ts'
import { forbidden, Problem } from '../live/problem.ts'
import type { Answer } from './answer.ts'
import type { Assets } from './assets.ts'
import { parseQuery, readBody } from './body.ts'
import { Refusal } from './errors.ts'
import { checkRequest, identify, isLocalOwner } from './gate.ts'
import type { Env, Panel, Router } from './panel.ts'
import { isHtmx, isPlainForm } from './respond.ts'

/** The callers that may use a route: anyone, even signed out; any role; the roles that may do an action; the control socket only. */
export type May = 'anyone' | 'any role' | Action | 'control socket'

/** What routes know beside the app: every panel, every route and the assets. */
export interface Site {
  panels: readonly Panel[]
  routes: readonly Route[]
  assets: Assets
}

/** A request that was let in, with its query and body checked. */
export interface Call<Param extends string = string, Query = unknown, Body = unknown> {
  app: App
  site: Site
  c: Context<Env>
  params: Readonly<Record<Param, string>>
  query: Query
  body: Body
}

/** What a refused form shows again: its values as texts, and what is wrong with them. */
export interface RefusedForm {
  values: Record<string, string>
  fields: Problem['fields']
  message: string
  problem: Problem
}

/** An address of the server. Its registration, authorisation, 405, documentation and tests follow from here. */
export interface Route<Param extends string = string, Query = unknown, Body = unknown> {
  method: 'GET' | 'POST' | 'DELETE'
  /** As Hono writes it: `/api/tasks/:id`. */
  path: string
  /** What it does, as a heading. */
  summary: string
  may: May
  query?: ZodType<Query>
  body?: ZodType<Body>
  /** What `body` checks; default: the JSON or form that was sent. */
  read?(app: App, c: Context<Env>): Promise<unknown>
  answer: Answer
  run(call: Call<Param, Query, Body>): Response | Promise<Response>
  /** The form, for a browser whose input is invalid or in conflict; answered as 422, in a page with this title unless htmx asked. */
  form?: { title: string; again(call: Omit<Call, 'query' | 'body'>, refused: RefusedForm): string | Promise<string> }
  /** What documentation shows and a test sends. */
  example?: { params?: Record<string, string>; query?: Record<string, string>; body?: Record<string, unknown> }
}

/** The names of a path's parameters. */
type Params<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Params<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** An entry of a table of routes: `run` is given what the path, `query` and `body` say. */
export function route<const Path extends string, Query = undefined, Body = undefined>(entry: Route<Params<Path>, Query, Body> & { path: Path }): Route {
  return entry as unknown as Route
}

/** Registers the routes of a table that are not streams. */
export function mount(router: Router, app: App, site: Site, routes: readonly Route[]) {
  for (const route of routes) router.on(route.method, route.path, (c) => handle(route, app, site, c))
}

/**
 * Registers streams, which pass the gate here: they come before any middleware. A path that is also a route without a stream
 * goes on to that for a request that accepts JSON.
 */
export function mountStreams(router: Router, app: App, site: Site, streams: readonly Route[]) {
  for (const stream of streams) {
    const isShared = site.routes.some((other) => other !== stream && other.path === stream.path && other.method === stream.method)
    router.on(stream.method, stream.path, async (c, next) => {
      if (isShared && (c.req.header('accept') ?? '').includes('application/json')) return next()
      checkRequest(app, c)
      c.set('actor', await identify(app, c))
      return handle(stream, app, site, c)
    })
  }
}

async function handle(route: Route, app: App, site: Site, c: Context<Env>): Promise<Response> {
  mustBeAllowed(c, route.may)
  const call = { app, site, c, params: c.req.param() }
  const query = route.query && parseQuery(c, route.query)
  const given = route.body && (await (route.read ? route.read(app, c) : readBody(c)))
  try {
    return await route.run({ ...call, query, body: route.body && check(route.body, given) })
  } catch (problem) {
    if (!route.form || !isShownInForm(c, problem)) throw problem
    const { fields, message } = problem
    const again = await route.form.again(call, { values: textsOf(given), fields, message, problem })
    return isHtmx(c) ? c.html(again, 422) : app.bare(c, route.form.title, again, 422)
  }
}

function textsOf(given: unknown): Record<string, string> {
  const text = (value: unknown) => (isObject(value) ? JSON.stringify(value) : String(value))
  return Object.fromEntries(Object.entries(given as object).map(([name, value]) => [name, text(value)]))
}

const isShownInForm = (c: Context, error: unknown): error is Problem =>
  error instanceof Problem && !(error instanceof Refusal) && ['invalid', 'conflict'].includes(error.code) && (isHtmx(c) || isPlainForm(c))

/** Throws forbidden unless the caller may. A handler asks this only for what depends on more than its route. */
export function mustBeAllowed(c: Context<Env>, may: May) {
  if (may === 'anyone' || may === 'any role') return
  if (may === 'control socket') {
    if (isLocalOwner(c)) return
    throw forbidden('This works over the control socket only: run `npx telltale open` on the machine itself.')
  }
  const actor = c.get('actor')
  if (!can(actor, may)) throw forbidden(`The role ${actor.role} may not do this (${may}).`)
}
