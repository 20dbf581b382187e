import type { Hono } from 'hono'
import type { Env } from '../slice.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods of the routes at `path`, as `Allow` lists them (RFC 9110, 10.2.1); empty when there is none. */
export function methodsAt(http: Hono<Env>, path: string): string[] {
  const own = METHODS.filter((method) => http.router.match(method, path)[0].some(([[, route]]) => route.method === method))
  return own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}
