import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'

/** How long an answer may take, to the last byte; a stream, to its first. */
const ANSWER_MS = 15_000
/** Too early, too many, too slow: a status that says nothing about the request itself. */
const PASSING = [408, 425, 429]

/** Nobody answered, or not in time. The same call may succeed later. */
export class Unreachable extends Error {
  name = 'Unreachable'
}

/** The server said no: `message` is its sentence, `fields` says what is wrong with which field, `problem` is all of it. */
export class Refused extends Error {
  name = 'Refused'

  /** @param {number} status @param {Record<string, any>} problem @param {number} [retryAfterMs] */
  constructor(status, problem, retryAfterMs = 0) {
    super(String(problem.detail ?? `the server answered ${status}`))
    this.status = status
    this.code = String(problem.code ?? 'internal')
    this.fields = problem.fields ?? {}
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether the same call may succeed a little later. @param {any} error */
export const isPassing = (error) => error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || PASSING.includes(error.status)))

/** Ms until the next retry after this many failures, with full jitter so that many clients do not return at once. */
export const backOff = (failures, firstMs = 500, longestMs = 30_000) => Math.random() * Math.min(longestMs, firstMs * 2 ** failures)

/** @type {import('node:net').LookupFunction} */
const toThisMachine = (_, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4))

/**
 * The options of a request to this host. Names below `localhost`, such as a server's own, are this machine (RFC 6761, 6.3),
 * also where the resolver does not know them.
 */
export const wayTo = (hostname) => (hostname.endsWith('.localhost') ? { lookup: toThisMachine } : {})

/** One server: by its URL with a token, or by the control socket in its data folder, whose holder is the owner. */
export class Wire {
  #base
  #way
  #module
  #agent
  #headers

  constructor({ url, token, data = 'data' }) {
    const socketPath = join(data, 'control.sock')
    this.where = url ?? socketPath
    if (url !== undefined && !/^https?:\/\//i.test(url)) throw new TypeError(`a server's URL begins with http:// or https://, not ${JSON.stringify(url)}`)
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

  /** An answer that is no refusal, as soon as its head is there; `late` breaks it off. */
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
      const late = setTimeout(() => req.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      req.once('response', (res) => resolve({ res, late }))
      req.on('error', (error) => {
        clearTimeout(late)
        // The server closed an idle connection in the moment in which this request took it up.
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
    return signal?.aborted ? signal.reason : new Unreachable(`no server answers at ${this.where}; start it with \`npx telltale\``, { cause })
  }
}

/** It may be the page of a proxy whose server is away. */
export const stranger = ({ where }) => new Unreachable(`what answers at ${where} is not Telltale`)

/** Undefined where the text is not JSON. */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
