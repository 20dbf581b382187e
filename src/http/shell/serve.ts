import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { answerError, Refusal, wantsHtml } from '../errors.ts'
import { logRequests } from '../gate/access-log.ts'
import { checkRate, checkRequest, identify } from '../gate/gate.ts'
import { redirectToSignIn } from '../gate/return-path.ts'
import { secureHeaders } from '../headers.ts'
import { routes as streams } from '../routes/streams.ts'
import type { Site } from '../site.ts'
import type { Env } from '../slice.ts'
import { methodsAt } from './allowed.ts'
import { mount, mountStreams } from './mount.ts'
import { serveAssets } from './static.ts'

/** The server of every route of the site, behind the gate. */
export function serve(site: Site): Hono<Env> {
  const http = new Hono<Env>()
  const { open = [], closed = [] } = Object.groupBy(site.routes, (route) => (streams.includes(route) ? 'stream' : route.may === 'anyone' ? 'open' : 'closed'))
  http.onError((error, c) => answerError(site, c, error))
  http.notFound((c) => {
    const methods = methodsAt(http, c.req.path).join(', ')
    if (methods) throw new Refusal(405, `The method ${c.req.method} is not allowed here; use ${methods}.`, { Allow: methods })
    throw new Refusal(404, `There is nothing at ${c.req.path}.`)
  })
  http.use(async (c, next) => {
    c.set('requestId', randomUUID().slice(0, 8))
    await next()
  })
  // Streams come first: middleware that touches headers or bodies afterwards would stall or break them.
  mountStreams(http, site, streams)
  http.use(logRequests(site.log), secureHeaders())
  http.use(async (c, next) => checkRequest(site, c) ?? (await next()))
  serveAssets(http, site.assets)
  mount(http, site, open)
  http.use(async (c, next) => {
    try {
      c.set('actor', await identify(site, c))
    } catch (error) {
      if (c.req.method === 'GET' && wantsHtml(c) && !c.req.header('hx-request')) return redirectToSignIn(c)
      throw error
    }
    checkRate(site, c)
    await next()
  })
  mount(http, site, closed)
  return http
}
