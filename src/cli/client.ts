import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { wayTo } from '../live/this-machine.ts'
import { complain } from './complain.ts'

/** Where a server is: an address with a token, or the data folder whose control socket makes the caller its owner. */
export interface Target {
  url?: string | undefined
  token?: string | undefined
  data: string
}

export interface CallOptions {
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
  /** How long the server may take to answer, to the last byte; a long poll says more than the default. */
  timeoutMs?: number | undefined
}

export interface Answer<T> {
  status: number
  headers: http.IncomingHttpHeaders
  /** Undefined when the answer has no body. */
  body: T
}

/** Nobody answered: no such socket, connection refused or broken, or no answer in time. It may work later. */
export class Unreachable extends Error {
  constructor(where: string, cause: unknown) {
    super(`no server answers at ${where}; start it with \`npx telltale\``, { cause })
  }
}

/** The server said no. `message` is its sentence; `problem` is all that it said (RFC 9457), such as the current state. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Readonly<Record<string, unknown>>

  constructor(status: number, problem: Record<string, unknown>) {
    super(String(problem.detail ?? `the server answered ${status}`))
    this.status = status
    this.code = String(problem.code ?? 'internal')
    this.problem = problem
  }
}

interface Opened {
  res: http.IncomingMessage
  late: NodeJS.Timeout
}

const CALL_TIMEOUT_MS = 15_000
const EXIT_FAILURE = 1
const EXIT_UNREACHABLE = 69

/** Speaks to one server over connections that it keeps; `close` lets the process end. */
export class Client {
  /** For people: the URL or the socket's path. */
  readonly where: string
  readonly #base: URL
  readonly #agent: http.Agent
  readonly #way: http.RequestOptions
  readonly #token: string | undefined

  constructor({ url, token, data }: Target) {
    const socketPath = join(data, 'control.sock')
    this.#base = new URL(url ?? 'http://telltale/')
    this.where = url ?? socketPath
    this.#agent = new (this.#base.protocol === 'https:' ? https : http).Agent({ keepAlive: true })
    this.#way = url === undefined ? { socketPath } : wayTo(this.#base.hostname)
    this.#token = url === undefined ? undefined : token // over the socket a caller is the owner
  }

  /** JSON in, JSON out. Throws Refused for a status from 400 on, Unreachable when nobody answered. */
  async call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<T>> {
    const headers = { accept: 'application/json', ...options.headers }
    const opened = await this.#open(method, path, body === undefined ? undefined : JSON.stringify(body), { ...options, headers })
    const status = opened.res.statusCode as number
    const text = await this.#read(opened, options.signal)
    if (status >= 400) throw new Refused(status, problemIn(text))
    const answer = text ? parsed(text) : { json: undefined }
    if (!answer) throw new Refused(status, { detail: `what answers at ${this.where} is not Telltale` })
    return { status, headers: opened.res.headers, body: answer.json as T }
  }

  /** The answer's bytes as they come, with no limit on how long they do. Throws as `call` does. */
  async stream(path: string, options: CallOptions = {}): Promise<http.IncomingMessage> {
    const opened = await this.#open('GET', path, undefined, options)
    const status = opened.res.statusCode as number
    if (status >= 400) throw new Refused(status, problemIn(await this.#read(opened, options.signal)))
    clearTimeout(opened.late)
    return opened.res
  }

  close() {
    this.#agent.destroy()
  }

  /** Answers once the head of the answer is there. After `timeoutMs`, `late` breaks it off, with what has come by then. */
  #open(method: string, path: string, body: string | undefined, { headers, signal, timeoutMs = CALL_TIMEOUT_MS }: CallOptions) {
    const { request } = this.#base.protocol === 'https:' ? https : http
    const sent = {
      ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    }
    return new Promise<Opened>((resolve, reject) => {
      const req = request(new URL(path, this.#base), { ...this.#way, method, agent: this.#agent, headers: sent, ...(signal && { signal }) })
      const late = setTimeout(() => req.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      req.once('response', (res) => resolve({ res, late }))
      req.once('error', (error) => {
        clearTimeout(late)
        reject(signal?.aborted ? signal.reason : new Unreachable(this.where, error))
      })
      req.end(body)
    })
  }

  async #read({ res, late }: Opened, signal: AbortSignal | undefined): Promise<string> {
    try {
      return Buffer.concat(await res.toArray()).toString()
    } catch (error) {
      throw signal?.aborted ? signal.reason : new Unreachable(this.where, error)
    } finally {
      clearTimeout(late)
    }
  }
}

/** A client of the server at `target`; nothing is sent yet. */
export const connect = (target: Target) => new Client(target)

/** Whether the same call may succeed a little later: nobody answered, or the server has too much to do or broke. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || error.status === 429))
}

/** Says in one line why a verb failed, and answers its exit code. Throws what is neither Refused nor Unreachable. */
export function failed(error: unknown): number {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  complain(`telltale: ${error.message}`)
  return error instanceof Unreachable ? EXIT_UNREACHABLE : EXIT_FAILURE
}

function problemIn(text: string): Record<string, unknown> {
  return (parsed(text)?.json as Record<string, unknown> | undefined) ?? {}
}

/** Undefined where the text is not JSON. */
function parsed(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}
