import type { IncomingMessage, ServerResponse } from 'node:http'
import { isUnchanged } from '../assets/conditional.ts'
import { isTrusted } from '../gate/gate.ts'
import { SECURITY_HEADERS } from '../headers.ts'
import { etagOf, type RenderCache, type Variant } from './render-cache.ts'

/** A request that was let in is let in again so long without a look; then it passes the whole gate anew. */
const ADMITTED_MS = 10_000
/** About so many different askers are remembered; the oldest goes first. */
const MOST_ADMITTED = 2_000
const CONDITION = 'if-none-match'
const FIXED = Object.entries(SECURITY_HEADERS).flat()

/** What the same request gets as long as nothing changes. */
interface Admission {
  /** Where the partial is kept. */
  key: string
  /** The version that is right now. */
  version(): string
  /** The cursor that an answer of now includes. */
  seq(): string
}

/**
 * Answers a GET of a partial that is kept and still true, on Node's own response: after a change, a thousand pages ask
 * for the same bytes, and a framework costs more than sending them. It knows a request by all of its bytes (address,
 * cookies, token, origin, host), and only those that the gate has let in a moment ago.
 */
export class FastLane {
  readonly #cache: RenderCache
  readonly #admitted = new Map<string, Admission & { until: number }>()
  /** Requests that the gate looks at, or has looked at, since somebody was last forgotten. */
  #underWay = new WeakSet<IncomingMessage>()

  constructor(cache: RenderCache) {
    this.#cache = cache
  }

  /** Remembers a request that was let in and answered. */
  admit(request: IncomingMessage | undefined, admission: Admission) {
    if (request === undefined || !this.#underWay.has(request)) return
    const asker = askerOf(request)
    this.#admitted.delete(asker)
    this.#admitted.set(asker, { ...admission, until: performance.now() + ADMITTED_MS })
    if (this.#admitted.size > MOST_ADMITTED) this.#admitted.delete(this.#admitted.keys().next().value as string)
  }

  /** Nobody is known any more: a session or a token has ended. What is under way may have been let in before that. */
  forget() {
    this.#admitted.clear()
    this.#underWay = new WeakSet()
  }

  /** Answers, also when the bytes are only being made; what it cannot answer goes the long way. */
  serve(request: IncomingMessage, response: ServerResponse, longWay: () => void) {
    const admission = request.method === 'GET' ? this.#admitted.get(askerOf(request)) : undefined
    if (admission !== undefined && admission.until >= performance.now() && this.#answered(request, response, admission, longWay)) return
    this.#underWay.add(request)
    longWay()
  }

  #answered(request: IncomingMessage, response: ServerResponse, admission: Admission, longWay: () => void): boolean {
    const version = admission.version()
    const etag = etagOf(version)
    const headers = [...FIXED, 'ETag', etag, 'Cache-Control', 'private, no-cache', 'X-Live-Seq', admission.seq(), 'Vary', 'HX-Request, Cookie, Accept-Encoding']
    if (isUnchanged(request.headers[CONDITION], etag)) {
      this.#cache.stats.notModified++
      response.writeHead(304, headers).end()
      return true
    }
    const kept = this.#cache.kept(admission.key, version, request.headers['accept-encoding'])
    if (kept === undefined) return false
    this.#cache.stats.hits++
    if (kept instanceof Promise) kept.then((variant) => send(response, headers, variant), longWay)
    else send(response, headers, kept)
    return true
  }
}

function send(response: ServerResponse, headers: string[], { bytes, encoding }: Variant) {
  headers.push('Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(bytes.length))
  if (encoding) headers.push('Content-Encoding', encoding)
  response.writeHead(200, headers).end(bytes)
}

/** All that the request says, except what it has already. */
function askerOf({ url, rawHeaders, socket }: IncomingMessage): string {
  let asker = isTrusted(socket) ? `owner ${url}` : `${url}`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length !== CONDITION.length || name.toLowerCase() !== CONDITION) asker += `\n${name}:${rawHeaders[i + 1]}`
  }
  return asker
}
