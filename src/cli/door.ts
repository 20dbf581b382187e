import { chmodSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Telltale } from '../app.ts'
import { trustSocket } from '../http/gate.ts'
import { pacedResponse } from '../http/paced-response.ts'

const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 }
const MOST_CONNECTIONS = 10_000

/** The two ways in: a TCP port, and the control socket, over which a caller is the owner. */
export class Door {
  readonly #tcp: Server
  readonly #control: Server
  #listener: RequestListener = notReady
  #cut = () => {}

  private constructor() {
    const listen: RequestListener = (request, response) => this.#listener(request, response)
    const options = { ...TIMEOUTS, ServerResponse: pacedResponse(() => this.#cut()) }
    this.#tcp = createServer(options, listen)
    this.#control = createServer(options, listen).on('connection', trustSocket)
    this.#tcp.maxConnections = MOST_CONNECTIONS
  }

  /** Takes the port. Until `serve`, every request is answered "not ready". Throws EADDRINUSE. */
  static async open(host: string, port: number): Promise<Door> {
    const door = new Door()
    await new Promise<void>((resolve, reject) => {
      door.#tcp.once('error', reject).listen(port, host, () => resolve())
    })
    return door
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port
  }

  async serve(app: Telltale, socket: string) {
    rmSync(socket, { force: true }) // the folder is ours: one that is there was left by a server that was killed
    await new Promise<void>((resolve, reject) => {
      this.#control.once('error', reject).listen(socket, () => resolve())
    })
    chmodSync(socket, 0o600)
    this.#cut = () => app.streams.cuts++
    const { lane } = app.shell
    const serve = getRequestListener(app.http.fetch, { overrideGlobalObjects: false })
    this.#listener = (request, response) => lane.serve(request, response, () => void serve(request, response))
  }

  /** Takes no more connections; what is under way goes on. */
  drain() {
    this.#tcp.close()
  }

  async close() {
    this.#listener = notReady
    for (const server of [this.#tcp, this.#control]) {
      server.close()
      server.closeAllConnections()
    }
  }
}

const notReady: RequestListener = (request, response) => {
  const alive = request.url === '/healthz'
  response.writeHead(alive ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '1', 'Cache-Control': 'no-store' })
  response.end(alive ? 'ok' : 'Telltale is starting or stopping.\n')
}
