import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'

const ANSWER_MS = 15_000
/** Statuses that say nothing about the request itself: too early, too many, too slow. */
const PASSING = [408, 425, 429]

export class Unreachable extends Error {
  name = 'Unreachable'
}

export class Refused extends Error {
  name = 'Refused'

  constructor(status, problem, retryAfterMs = 0) {
    super(String(problem.detail ?? `the server responded with ${status}`))
    this.status = status
    this.code = String(problem.code ?? 'internal')
    this.fields = problem.fields ?? {}
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }
}

export const isPassing = (error) => error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || PASSING.includes(error.status)))

export const backOff = (failures, firstMs = 500, longestMs = 30_000) => Math.random() * Math.min(longestMs, firstMs * 2 ** failures)

/** @type {import('node:net').LookupFunction} */
const toThisMachine = (_, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4))

/** Names below `localhost` are this machine (RFC 6761, 6.3), even if the resolver does not know them. */
export const wayTo = (hostname) => (hostname.endsWith('.localhost') ? { lookup: toThisMachine } : {})

export class Wire {
  #base
  #way
  #module
  #agent
  #headers

  constructor({ url, token, data = 'data' }) {
    const socketPath = join(data, 'control.sock')
    this.where = url ?? socketPath
    if (url !== undefined && !/^https?:\/\//i.test(url)) throw new TypeError(`a server's URL must begin with http:// or https://, not ${JSON.stringify(url)}`)
    this.#base = new URL(url ?? 'http://telltale/')
    this.#way = url === undefined ? { socketPath } : wayTo(this.#base.hostname)
    this.#module = this.#base.protocol === 'https:' ? https : http
    this.#agent = new this.#module.Agent({ keepAlive: true })
    this.#headers = url !== undefined && token ? { authorization: `Bearer ${token}` } : {}
  }

  async call(method, path, body, options) {
    return this.#send(method, path, body === undefined ? undefined : JSON.stringify(body), options)
  }

  async append(json, timeoutMs) {
    const { body } = await this.#send('POST', '/api/events', json, { timeoutMs: Math.max(1, Math.ceil(timeoutMs)), isRepeatable: true })
    if (!Array.isArray(body?.items)) throw stranger(this)
    return body.items
  }

  async stream(path, options) {
    const { res, late } = await this.#open('GET', path, { ...options, agent: false })
    clearTimeout(late)
    return res
  }

  close() {
    this.#agent.destroy()
  }

  async #send(method, path, text, options = {}) {
    const headers = { accept: 'application/json', ...(text !== undefined && { 'content-type': 'application/json' }), ...options.headers }
    const opened = await this.#open(method, path, { ...options, headers, text, agent: this.#agent })
    const answer = await this.#read(opened, options.signal)
    const body = answer === '' ? undefined : parsed(answer)
    if (answer !== '' && body === undefined) throw stranger(this)
    return { status: opened.res.statusCode, headers: opened.res.headers, body }
  }

  /** Returns once the headers of a success are there; `late` is the timer that aborts the response. */
  async #open(method, path, options) {
    const opened = await this.#head(method, path, options)
    const { statusCode, headers } = opened.res
    if (statusCode < 400) return opened
    const problem = parsed(await this.#read(opened, options.signal)) ?? {}
    throw new Refused(statusCode, problem, 1000 * (Number(headers['retry-after']) || 0))
  }

  #head(method, path, options) {
    const { text, headers, signal, agent, timeoutMs = ANSWER_MS, isRepeatable } = options
    const sent = { ...this.#way, method, agent, headers: { ...this.#headers, ...headers }, ...(signal && { signal }) }
    const until = performance.now() + timeoutMs
    return new Promise((resolve, reject) => {
      const req = this.#module.request(new URL(path, this.#base), sent)
      const late = setTimeout(() => req.destroy(new Error(`no response within ${timeoutMs} ms`)), timeoutMs)
      req.once('response', (res) => resolve({ res, late }))
      req.on('error', (error) => {
        clearTimeout(late)
        // The server closed the idle connection just as this request reused it.
        if (isRepeatable && req.reusedSocket && error.code === 'ECONNRESET')
          resolve(this.#head(method, path, { ...options, timeoutMs: Math.max(1, until - performance.now()) }))
        else reject(this.#broken(error, signal))
      })
      req.end(text)
    })
  }

  async #read({ res, late }, signal) {
    let text = ''
    try {
      for await (const chunk of res.setEncoding('utf8')) text += chunk
      return text
    } catch (error) {
      throw this.#broken(error, signal)
    } finally {
      clearTimeout(late)
    }
  }

  #broken(cause, signal) {
    return signal?.aborted ? signal.reason : new Unreachable(`no server responds at ${this.where}`, { cause })
  }
}

export const stranger = ({ where }) => new Unreachable(`the server at ${where} is not Telltale`)

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
