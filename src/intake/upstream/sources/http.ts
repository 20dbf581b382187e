import http from 'node:http'
import https from 'node:https'
import { wayTo } from '../../../client/wire.js'
import { Busy, Refusal } from './source.ts'

const HEAD_MS = 15_000
const KEEP_ALIVE_MS = 30_000
const MOST_REDIRECTS = 5
const MOST_ID_BYTES = 4_096
const LONGEST_RETRY_AFTER_MS = 600_000
const PASSING = [408, 425, 429]

interface Request {
  url: URL
  token: string | undefined
  accept: 'text/event-stream' | '*/*'
  cursor?: string | undefined
}

export async function open({ url, token, accept, cursor }: Request, signal: AbortSignal): Promise<http.IncomingMessage> {
  const headers = {
    accept,
    'cache-control': 'no-cache',
    ...(token && { authorization: `Bearer ${token}` }),
    ...(cursor && isCarried(cursor) && { 'last-event-id': bytesOf(cursor) }),
  }
  let at = url
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await head(at, headers, signal)
    const { statusCode: status = 0, headers: reason } = response
    if (status === 200 && isWanted(accept, reason['content-type'])) return response
    response.destroy()
    if (status === 200) throw new Refusal(`it answers ${reason['content-type'] ?? 'something'}, not ${accept}`)
    if (status < 300 || status >= 400 || reason.location === undefined) throw no(status, reason['retry-after'])
    const next = new URL(reason.location, at)
    if (token && next.origin !== at.origin) throw new Refusal(`it sends its readers to ${next.origin}, and the token is not for that`)
    at = next
  }
  throw new Refusal('it sends its readers round in a circle')
}

/** The bytes of a response as they arrive; ends with an error after `silenceMs`, not counting the reader's own time. */
export async function* chunks(response: http.IncomingMessage, silenceMs: number): AsyncGenerator<Buffer> {
  const giveUp = () => response.destroy(new Error(`it was silent for ${silenceMs / 1000} s`))
  let stopWatching = watch(silenceMs, giveUp)
  try {
    for await (const chunk of response) {
      stopWatching()
      yield chunk
      stopWatching = watch(silenceMs, giveUp)
    }
  } finally {
    stopWatching()
    response.destroy()
  }
}

/** Node writes each character of a header as one byte, so this sends an id in its original UTF-8 (WHATWG HTML, 9.2.4). */
const bytesOf = (id: string) => Buffer.from(id).toString('latin1')

/** Whether a header can carry the id. If not, the reading resumes from the last id that it can. */
export const isCarried = (id: string) => !/[\0-\x08\x0a-\x1f\x7f]/.test(id) && Buffer.byteLength(id) <= MOST_ID_BYTES

/** Calls `giveUp` after `ms`, unless the returned function is called first. A process that was suspended reads pending data first. */
function watch(ms: number, giveUp: () => void): () => void {
  let late: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    late = setImmediate(giveUp)
  }, ms)
  return () => {
    clearTimeout(timer)
    clearImmediate(late)
  }
}

const isWanted = (accept: Request['accept'], type = '') => accept === '*/*' || type.toLowerCase().startsWith(accept)

function head(url: URL, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, signal, agent: false, ...wayTo(url.hostname) }, (response) => {
      clearTimeout(late)
      response.socket.setKeepAlive(true, KEEP_ALIVE_MS) // detects a machine that went away silently
      resolve(response)
    })
    const late = setTimeout(() => outgoing.destroy(new Error(`it did not respond within ${HEAD_MS / 1000} s`)), HEAD_MS)
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late)
      reject(error.code === 'ECONNREFUSED' ? new Error('nothing listens there (ECONNREFUSED)', { cause: error }) : error)
    })
    outgoing.end()
  })
}

function no(status: number, retryAfter: string | undefined): Error {
  const reason = `it responded with ${status} ${http.STATUS_CODES[status] ?? ''}`.trim()
  if (status < 500 && !PASSING.includes(status)) return new Refusal(status === 401 || status === 403 ? `${reason}: is its token right?` : reason)
  return new Busy(reason, retryAfterMs(retryAfter))
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs(text = ''): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms || 0))
}
