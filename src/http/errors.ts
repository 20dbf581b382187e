import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorFragment, errorPage } from '../../views/shell/error.tsx'
import { failureOf, TooLong } from '../db/index.ts'
import { type Code, Problem } from '../input/problem.ts'
import { secure } from './headers.ts'
import { preferencesOf } from './preferences.ts'
import type { Site } from './site.ts'
import type { Env } from './slice.ts'

const STATUS: Record<Code, ContentfulStatusCode> = {
  invalid: 422,
  not_found: 404,
  conflict: 409,
  forbidden: 403,
  unauthorized: 401,
  rate_limited: 429,
  internal: 500,
}

/** Codes of statuses that come from HTTP rather than from one of our rules. */
const PROTOCOL: Partial<Record<number, string>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
  421: 'misdirected',
  503: 'unavailable',
}
const RETRY_S = 1

const TITLE: Partial<Record<number, string>> = {
  400: 'The request is invalid',
  401: 'Please sign in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Changed meanwhile',
  413: 'Too large',
  415: 'Wrong content type',
  421: 'Wrong address',
  422: 'The request is invalid',
  429: 'Too many requests',
  500: 'Something broke here',
  503: 'Not ready',
}

export class Refusal extends Problem {
  readonly status: ContentfulStatusCode
  readonly headers: Readonly<Record<string, string>>
  constructor(status: ContentfulStatusCode, message: string, headers: Record<string, string> = {}) {
    super('invalid', message)
    this.status = status
    this.headers = headers
  }
}

const statusOf = (problem: Problem): ContentfulStatusCode => (problem instanceof Refusal ? problem.status : STATUS[problem.code])

/** An error as JSON (RFC 9457), as a fragment for htmx, or as a page. Internal errors go to the log only. */
export function answerError(app: Site, c: Context<Env>, error: unknown): Response | Promise<Response> {
  const problem = asProblem(app.storage.note(error))
  const status = statusOf(problem)
  const requestId = c.get('requestId') ?? ''
  if (status >= 500) app.log.error(`request ${requestId} failed`, error)
  const title = TITLE[status] ?? 'Refused'
  if (status === 503 || status === 429) c.header('Retry-After', String(problem.extra.retry_after ?? RETRY_S))
  for (const [name, value] of Object.entries(problem instanceof Refusal ? problem.headers : {})) c.header(name, value)
  secure(c)
  if (c.req.header('hx-request')) return c.html(errorFragment({ status, title, detail: problem.message, requestId }), status)
  if (wantsHtml(c))
    return c.html(
      errorPage({ status, title, detail: problem.message, requestId, stylesheets: app.assets.of().stylesheets, preferences: preferencesOf(c) }),
      status,
    )
  const { fields, extra, message: detail } = problem
  const code = problem instanceof Refusal ? (PROTOCOL[status] ?? problem.code) : problem.code
  const body = { ...extra, type: 'about:blank', title, status, detail, code, request_id: requestId, ...(Object.keys(fields).length > 0 && { fields }) }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}

/** Browsers ask for HTML by name; curl and programs do not. */
export const wantsHtml = (c: Context) => (c.req.header('accept') ?? '').includes('text/html')

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TooLong) return new Refusal(503, 'This search took too long and was ended. Search for longer words, or for fewer.')
  const failure = failureOf(error)
  if (failure === 'full') return new Refusal(503, 'The disk is full. Nothing was changed; free some space and try again.')
  if (failure === 'busy') return new Refusal(503, 'Another process is using the database. Nothing was changed; try again.')
  if (failure === 'away') return new Refusal(503, 'The database does not respond. Try again; with the same Idempotency-Key, a change is made once.')
  if (failure === 'replaced')
    return new Refusal(503, 'The database’s log began again elsewhere, such as after a failover. Nothing was changed. Restart this server.')
  if (failure === 'broken') return new Refusal(503, 'The data folder’s disk cannot be read or written. Nothing was changed; the server’s log says why.')
  return new Problem('internal', 'Something went wrong on the server. The request id finds it in the log.')
}
