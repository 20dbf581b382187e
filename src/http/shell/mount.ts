import type { Context } from 'hono'
import { check } from '../../input/check.ts'
import { isObject } from '../../input/json.ts'
import { Problem } from '../../input/problem.ts'
import { parseQuery, readBody } from '../body.ts'
import { Refusal } from '../errors.ts'
import { checkRequest, identify } from '../gate/gate.ts'
import { mustBeAllowed } from '../gate/may.ts'
import { isHtmx, isPlainForm } from '../respond.ts'
import type { Route } from '../route.ts'
import type { Site } from '../site.ts'
import type { Env, Router } from '../slice.ts'

/** Registers the routes of a table that are not streams. */
export function mount(router: Router, site: Site, routes: readonly Route[]) {
  for (const route of routes) router.on(route.method, route.path, (c) => handle(route, site, c))
}

/**
 * Registers streams, which pass the gate here: they come before any middleware. A path that is also a route without a stream
 * goes on to that for a request that accepts JSON.
 */
export function mountStreams(router: Router, site: Site, streams: readonly Route[]) {
  for (const stream of streams) {
    const isShared = site.routes.some((other) => other !== stream && other.path === stream.path && other.method === stream.method)
    router.on(stream.method, stream.path, async (c, next) => {
      if (isShared && (c.req.header('accept') ?? '').includes('application/json')) return next()
      checkRequest(site, c)
      c.set('actor', await identify(site, c))
      return handle(stream, site, c)
    })
  }
}

async function handle(route: Route, app: Site, c: Context<Env>): Promise<Response> {
  mustBeAllowed(app, c, route.may)
  const call = { app, c, params: c.req.param() }
  const query = route.query && parseQuery(c, route.query)
  const given = route.body && (await (route.read ? route.read(app, c) : readBody(c)))
  try {
    return await route.run({ ...call, query, body: route.body && check(route.body, given) })
  } catch (problem) {
    if (!route.form || !isShownInForm(c, problem)) throw problem
    const { fields, message } = problem
    const again = await route.form.again(call, { values: textsOf(given), fields, message, problem })
    return isHtmx(c) ? c.html(again, 422) : app.bare(c, route.form.title, again, { status: 422 })
  }
}

function textsOf(given: unknown): Record<string, string> {
  const text = (value: unknown) => (isObject(value) ? JSON.stringify(value) : String(value))
  return Object.fromEntries(Object.entries(given as object).map(([name, value]) => [name, text(value)]))
}

const isShownInForm = (c: Context, error: unknown): error is Problem =>
  error instanceof Problem && !(error instanceof Refusal) && ['invalid', 'conflict'].includes(error.code) && (isHtmx(c) || isPlainForm(c))
