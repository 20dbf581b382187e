import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorFragment, errorPage } from '../../views/error.tsx'
import { failureOf } from '../db/index.ts'
import type { App } from '../live/app.ts'
import { type Code, Problem } from '../live/problem.ts'
import type { Env } from './panel.ts'
import { preferencesOf } from './preferences.ts'

const STATUS: Record<Code, ContentfulStatusCode> = { invalid: 422, not_found: 404, conflict: 409, forbidden: 403, unauthorized: 401, internal: 500 }

const TITLE: Partial<Record<number, string>> = {
  401: 'Please sign in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'That method does not work here',
  409: 'It has changed in the meantime',
  413: 'Too large',
  415: 'Wrong content type',
  421: 'Wrong address',
  422: 'Something is not right',
  500: 'Something broke here',
  503: 'Not ready',
}

/** A refusal of the protocol itself, with a status of its own. */
export class Refusal extends Problem {
  readonly status: ContentfulStatusCode
  constructor(status: ContentfulStatusCode, message: string) {
    super('invalid', message)
    this.status = status
  }
}

export const statusOf = (problem: Problem): ContentfulStatusCode => (problem instanceof Refusal ? problem.status : STATUS[problem.code])

/** Any error as an answer: JSON by RFC 9457, a fragment for htmx, a page for a browser. Internals go to the log only. */
export function answerError(app: App, c: Context<Env>, error: unknown): Response | Promise<Response> {
  const problem = asProblem(app.storage.note(error))
  const status = statusOf(problem)
  const requestId = c.get('requestId') ?? ''
  if (status >= 500) app.log.error(`request ${requestId} failed`, error)
  const title = TITLE[status] ?? 'Refused'
  if (status === 503) c.header('Retry-After', '1')
  if (c.req.header('hx-request')) return c.html(errorFragment({ status, title, detail: problem.message, requestId }), status)
  if (wantsHtml(c))
    return c.html(errorPage({ status, title, detail: problem.message, requestId, stylesheets: app.stylesheets, preferences: preferencesOf(c) }), status)
  const { code, fields, extra, message: detail } = problem
  const body = { ...extra, type: 'about:blank', title, status, detail, code, request_id: requestId, ...(Object.keys(fields).length > 0 && { fields }) }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}

/** A browser asks for HTML by name; curl and programs do not. */
export const wantsHtml = (c: Context) => (c.req.header('accept') ?? '').includes('text/html')

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const failure = failureOf(error)
  if (failure === 'full') return new Refusal(503, 'The disk is full. Nothing was changed; free some space and try again.')
  if (failure === 'busy') return new Refusal(503, 'Another process is using the database. Nothing was changed; try again.')
  if (failure === 'broken') return new Refusal(503, 'The data folder’s disk cannot be read or written. Nothing was changed; the server’s log says why.')
  return new Problem('internal', 'Something went wrong on the server. The request id finds it in the log.')
}
