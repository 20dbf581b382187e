import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'

/** How long a stream may take to begin. */
const HEAD_MS = 10_000
/** Too early, too many, too slow: a status that says nothing about the event itself. */
const PASSING = [408, 425, 429]

/** Nobody answered, or not in time. The same call may succeed later. */
export class Unreachable extends Error {
  name = 'Unreachable'
}

/** The server said no: `message` is its sentence, `fields` says what is wrong with which field. */
export class Refused extends Error {
  name = 'Refused'

  /** @param {number} status @param {Record<string, any>} problem @param {number} [retryAfterMs] */
  constructor(status, problem, retryAfterMs = 0) {
    super(String(problem.detail ?? `the server answered ${status}`))
    this.status = status
    this.code = String(problem.code ?? 'internal')
    this.fields = problem.fields ?? {}
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether the same call may succeed a little later. @param {any} error */
export const isPassing = (error) => error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || PASSING.includes(error.status)))

/** Ms until the next try, after so many in vain: full jitter, so that many clients do not come back at once. */
export const backOff = (failures, firstMs = 500, longestMs = 30_000) => Math.random() * Math.min(longestMs, firstMs * 2 ** failures)

/**
 * Names below `localhost` are this machine (RFC 6761, 6.3), also where its resolver does not know them.
 * @type {import('node:net').LookupFunction}
 */
const toThisMachine = (_, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4))

/** One server: by its URL with a token, or by the control socket in its data folder, whose holder is the owner. */
export class Wire {
  #base
  #way
  #module
  #agent
  #headers

  /** @param {{ url?: string, token?: string, data?: string }} target */
  constructor({ url, token, data = 'data' }) {
    const socketPath = join(data, 'control.sock')
    /** For people: the URL or the socket's path. */
    this.where = url ?? socketPath
    if (url !== undefined && !/^https?:\/\//.test(url)) throw new TypeError(`a server's URL begins with http:// or https://, not ${JSON.stringify(url)}`)
    this.#base = new URL(url ?? 'http://telltale/')
    this.#way = url === undefined ? { socketPath } : this.#base.hostname.endsWith('.localhost') ? { lookup: toThisMachine } : {}
    this.#module = this.#base.protocol === 'https:' ? https : http
    this.#agent = new this.#module.Agent({ keepAlive: true })
    this.#headers = url !== undefined && token ? { authorization: `Bearer ${token}` } : {}
  }

  /**
   * Appends events, given as JSON text, and answers `{seq, duplicate}` for each once they are committed. Throws Refused, Unreachable.
   * @param {string} json @param {number} timeoutMs
   * @returns {Promise<{ seq: number, duplicate: boolean }[]>}
   */
  async append(json, timeoutMs) {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)))
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const res = await this.#ask('POST', '/api/events', { headers, signal, agent: this.#agent, body: json })
    const body = await this.#json(res)
    if (!Array.isArray(body?.items)) throw new Unreachable(`what answers at ${this.where} is not Telltale`)
    return body.items
  }

  /**
   * Opens a stream of server-sent events on a connection of its own. Throws Refused, Unreachable.
   * @param {string} path @param {Record<string, string>} headers @param {AbortSignal} [signal] ends the stream as well
   */
  async stream(path, headers, signal) {
    const late = AbortSignal.timeout(HEAD_MS)
    const res = await this.#ask('GET', path, { headers: { accept: 'text/event-stream', ...headers }, ...(signal && { signal }), agent: false, late })
    if (res.headers['content-type']?.startsWith('text/event-stream')) return res
    res.destroy()
    throw new Unreachable(`what answers at ${this.where} is not Telltale`)
  }

  close() {
    this.#agent.destroy()
  }

  /** @returns {Promise<http.IncomingMessage>} */
  async #ask(method, path, options) {
    const { headers, body, late, ...rest } = options
    const res = await new Promise((resolve, reject) => {
      const req = this.#module.request(new URL(path, this.#base), { ...this.#way, ...rest, method, headers: { ...this.#headers, ...headers } }, resolve)
      const giveUp = () => req.destroy(new Error('no answer in time'))
      late?.addEventListener('abort', giveUp)
      req.once('response', () => late?.removeEventListener('abort', giveUp))
      req.on('error', (error) => {
        // The server closed an idle connection in the moment in which this request took it up.
        if (req.reusedSocket && error.code === 'ECONNRESET') resolve(this.#ask(method, path, options))
        else reject(this.#unreachable(error))
      })
      req.end(body)
    })
    if (res.statusCode < 400) return res
    throw new Refused(res.statusCode, (await this.#json(res)) ?? {}, 1000 * (Number(res.headers['retry-after']) || 0))
  }

  /** Undefined where the body is not JSON. */
  async #json(res) {
    let text = ''
    try {
      for await (const chunk of res.setEncoding('utf8')) text += chunk
    } catch (error) {
      throw this.#unreachable(error)
    }
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }

  #unreachable(cause) {
    return new Unreachable(`no server answers at ${this.where}`, { cause })
  }
}
