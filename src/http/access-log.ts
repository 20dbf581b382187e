import type { MiddlewareHandler } from 'hono'
import { type LogStream, stderr } from '../live/log-stream.ts'
import { printable, printableLines } from '../live/printable.ts'
import type { Env } from './panel.ts'

/** Writes the server's own log, one line an entry, to stderr. */
export interface AccessLog {
  request(line: { method: string; path: string; status: number; ms: number; actor: string; id: string }): void
  info(message: string): void
  error(message: string, error: unknown): void
  /** Lines that could not be written. */
  readonly lost?: number
}

export function accessLog(format: 'text' | 'json', out: Pick<LogStream, 'write' | 'lost'> = stderr): AccessLog {
  const entry = (level: string, text: string, facts: object) => {
    const at = new Date().toISOString()
    out.write(format === 'json' ? printable(JSON.stringify({ at, level, message: text, ...facts })) : printableLines(`${at} ${text}`))
  }
  return {
    request: ({ method, path, status, ms, actor, id }) =>
      entry('info', printable(`${status} ${method} ${path} ${ms.toFixed(1)} ms ${actor} ${id}`), { method, path, status, ms, actor, id }),
    info: (message) => entry('info', printable(message), {}),
    error: (message, error) => entry('error', `${printable(message)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {}),
    get lost() {
      return out.lost
    },
  }
}

/** What workers say all day long. */
const WORK = /^\/api\/tasks\/(claim|[^/]+\/(run|heartbeat|log|finish))$/

/** Logs what changes things and what goes wrong; a page being read is not news. */
export function logRequests(log: AccessLog): MiddlewareHandler<Env> {
  return async (c, next) => {
    const started = performance.now()
    await next()
    const { method } = c.req
    const { path } = c.req
    if (c.res.status < 500 && path.endsWith('/heartbeat')) return // one waits while its task ends
    if (c.res.status < 400 && (method === 'GET' || method === 'HEAD' || WORK.test(path))) return
    const actor = c.get('actor')?.name ?? '-'
    log.request({ method, path, status: c.res.status, ms: performance.now() - started, actor, id: c.get('requestId') })
  }
}
