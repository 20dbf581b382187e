import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { Viewer } from '../../views/viewer.ts'
import { invalid } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import { can } from '../log/actor.ts'
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

/** True for a form sent by a browser without script: it is sent on to a page, never shown JSON. */
export const isPlainForm = (c: Context) => !isHtmx(c) && wantsHtml(c)

export const cursorAt = (app: App, seq: number) => formatCursor({ seq, epoch: app.epoch })

export function viewerOf(app: App, c: Context<Env>): Viewer {
  const actor = c.get('actor')
  return { name: actor.name, may: (action) => can(actor, action), now: app.clock.now(), zone: zoneOf(c), preferences: preferencesOf(c) }
}

/** A page in the encoding that the browser asked for. */
export async function compressed(c: Context, html: string, status: 200 | 422, headers: Record<string, string>): Promise<Response> {
  const { bytes, encoding } = await encode(Buffer.from(html)).as(c.req.header('accept-encoding'))
  const type = { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Cookie, Accept-Encoding', ...(encoding && { 'Content-Encoding': encoding }) }
  return c.body(new Uint8Array(bytes), status, { ...type, ...headers })
}

/** Who asks for a change, with the request's Idempotency-Key bound to what it asked for. */
export async function callerOf(c: Context<Env>): Promise<Caller> {
  const key = c.req.header('idempotency-key')
  const actor = c.get('actor')
  if (key === undefined) return { actor }
  if (key.length === 0 || key.length > 200) throw invalid('An Idempotency-Key has 1 to 200 characters.')
  const request = JSON.stringify([c.req.method, c.req.path, await readBody(c)])
  return { actor, idempotency: { key, requestHash: createHash('sha256').update(request).digest('hex') } }
}

/** `{epoch, seq, item}`: one thing. */
export function item(app: App, c: Context, { value, seq }: Mutation<unknown>, status: 200 | 201 = 200): Response {
  return c.json({ epoch: app.epoch, seq, item: value }, status, { 'X-Live-Seq': cursorAt(app, seq) })
}

/**
 * The answer to a change, in the asker's own language: for htmx the partial that it shows (re-rendered from the path
 * and query of its page), for a plain form the page it came from or `location`, for a machine the thing itself.
 */
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

/** Path and query of the page that htmx sent this from, or undefined where that is not a page of ours. */
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
