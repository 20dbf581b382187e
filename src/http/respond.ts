import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { Viewer } from '../../views/viewer.ts'
import { commandLine, curlLine } from '../config/command.ts'
import { invalid } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import { formatCursor } from '../log/log.ts'
import type { Caller, Mutation } from '../log/mutate.ts'
import { encode } from './assets/encoding.ts'
import { readBody } from './body.ts'
import { Refusal, wantsHtml } from './errors.ts'
import { preferencesOf } from './preferences.ts'
import type { Site } from './site.ts'
import type { Env } from './slice.ts'
import { zoneOf } from './zone.ts'

export const isHtmx = (c: Context) => c.req.header('hx-request') === 'true'

/** A form sent without script, which gets a redirect, never JSON. */
export const isPlainForm = (c: Context) => !isHtmx(c) && wantsHtml(c)

export const cursorAt = (app: App, seq: number) => formatCursor({ seq, epoch: app.epoch })

export function viewerOf(app: App, c: Context<Env>): Viewer {
  const actor = c.get('actor')
  const { data } = app.config
  return {
    name: actor.name,
    may: (action) => app.permissions.may(actor, action),
    now: app.clock.now(),
    zone: zoneOf(c),
    preferences: preferencesOf(c),
    command: (verb, rest) => commandLine(data, verb, rest),
    curl: (path, options) => curlLine(data, path, options),
  }
}

export async function compressed(c: Context, html: string, status: 200 | 422, headers: Record<string, string>): Promise<Response> {
  const { bytes, encoding } = await encode(Buffer.from(html)).as(c.req.header('accept-encoding'))
  const type = { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Cookie, Accept-Encoding', ...(encoding && { 'Content-Encoding': encoding }) }
  return c.body(new Uint8Array(bytes), status, { ...type, ...headers })
}

/** The caller of a change, with the Idempotency-Key bound to this request. */
export async function callerOf(c: Context<Env>): Promise<Caller> {
  const key = c.req.header('idempotency-key')
  const actor = c.get('actor')
  if (key === undefined) return { actor }
  if (key.length === 0 || key.length > 200) throw invalid('An Idempotency-Key has 1 to 200 characters.')
  const request = JSON.stringify([c.req.method, c.req.path, await readBody(c)])
  return { actor, idempotency: { key, requestHash: createHash('sha256').update(request).digest('hex') } }
}

export function item(app: App, c: Context, { value, seq }: Mutation<unknown>, status: 200 | 201 = 200): Response {
  return c.json({ epoch: app.epoch, seq, item: value }, status, { 'X-Live-Seq': cursorAt(app, seq) })
}

/** Responds to a change: htmx gets the partial that it shows, a plain form a redirect to `location`, a program the thing itself. */
export async function done(
  app: Site,
  c: Context<Env>,
  mutation: Mutation<unknown>,
  { status, location }: { status?: 200 | 201; location: string },
): Promise<Response> {
  if (isHtmx(c)) return c.html(await app.render(c, shownPath(c) ?? location), 200, { 'X-Live-Seq': cursorAt(app, mutation.seq) })
  if (wantsHtml(c)) return c.redirect(location, 303)
  return item(app, c, mutation, status)
}

/** Path and query of the page that htmx sent this from; undefined if it is not one of ours. */
function shownPath(c: Context): string | undefined {
  const url = c.req.header('hx-current-url')
  if (!url || !URL.canParse(url)) return undefined
  const { pathname, search } = new URL(url)
  if (!isDecodable(pathname)) throw new Refusal(400, 'HX-Current-URL has a malformed escape in its path.')
  return pathname + search
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
