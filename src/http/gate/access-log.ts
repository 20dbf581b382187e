import type { MiddlewareHandler } from 'hono'
import type { ServerLog } from '../../server-log.ts'
import type { Env } from '../slice.ts'

/** Requests that workers send all the time. */
const WORK = /^\/api\/tasks\/(claim|[^/]+\/(run|heartbeat|log|finish))$/

export function logRequests(log: ServerLog): MiddlewareHandler<Env> {
  return async (c, next) => {
    const started = performance.now()
    await next()
    const { method } = c.req
    const { path } = c.req
    if (c.res.status < 500 && path.endsWith('/heartbeat')) return // the worker was waiting when its task ended
    if (c.res.status < 400 && (method === 'GET' || method === 'HEAD' || WORK.test(path))) return
    const actor = c.get('actor')?.name ?? '-'
    log.request({ method, path, status: c.res.status, ms: performance.now() - started, actor, id: c.get('requestId') })
  }
}
