import { chmodSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { trustSocket } from '../http/gate/gate.ts'
import { SECURITY_HEADERS } from '../http/headers.ts'
import { pacedResponse } from '../http/paced-response.ts'
import type { Telltale } from '../site.ts'

const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 }
const MOST_CONNECTIONS = 10_000

const OTHER_LOOPBACK: Record<string, string> = { '127.0.0.1': '::1', '::1': '127.0.0.1', localhost: '::1' }
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']
const TRIES = 20

/** Another program has our port on the other loopback address, which a browser may try first. */
export class HalfTaken extends Error {}

/** Listens on a TCP port of both loopback addresses, as a browser may try either, and on the control socket, over which a caller is the owner. */
export class Door {
  readonly #tcp: readonly Server[]
  readonly #control: Server
  #listener: RequestListener = notReady
  #cut = () => {}

  private constructor() {
    const listen: RequestListener = (request, response) => this.#listener(request, response)
    const options = { ...TIMEOUTS, ServerResponse: pacedResponse(() => this.#cut()) }
    this.#tcp = [createServer(options, listen), createServer(options, listen)]
    for (const server of this.#tcp) server.maxConnections = MOST_CONNECTIONS
    this.#control = createServer(options, listen).on('connection', trustSocket)
  }

  /** Opens the port. Until `serve`, every request gets a 503. Throws EADDRINUSE and HalfTaken. */
  static async open(host: string, port: number): Promise<Door> {
    for (let tries = 1; ; tries++) {
      const door = new Door()
      try {
        await door.#listen(host, port)
        return door
      } catch (error) {
        await door.close()
        if (port !== 0 || !(error instanceof HalfTaken) || tries === TRIES) throw error
      }
    }
  }

  get port(): number {
    const [first] = this.#tcp as [Server, Server]
    return (first.address() as AddressInfo).port
  }

  async #listen(host: string, port: number) {
    const [first, second] = this.#tcp as [Server, Server]
    await listening(first, { host: host === 'localhost' ? '127.0.0.1' : host, port })
    const other = OTHER_LOOPBACK[host] as string
    try {
      await listening(second, { host: other, port: this.port, ipv6Only: true })
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (code === 'EADDRINUSE')
        throw new HalfTaken(
          `another program listens on port ${this.port} of ${other}, which a browser may open instead; choose another port with --port, or stop that program`,
        )
      if (!NO_SUCH_ADDRESS.includes(code)) throw error
    }
  }

  async serve(app: Telltale, socket: string) {
    rmSync(socket, { force: true }) // the folder is ours, so an old socket is from a server that was killed
    await listening(this.#control, { path: socket })
    chmodSync(socket, 0o600)
    this.#cut = () => app.streams.cuts++
    const { lane } = app.shell
    const serve = getRequestListener(app.http.fetch, { overrideGlobalObjects: false })
    this.#listener = (request, response) => lane.serve(request, response, () => void serve(request, response))
  }

  drain() {
    for (const server of this.#tcp) server.close()
  }

  async close() {
    this.#listener = notReady
    for (const server of [...this.#tcp, this.#control]) {
      server.close()
      server.closeAllConnections()
    }
  }
}

function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(where, () => resolve())
  })
}

const notReady: RequestListener = (request, response) => {
  const alive = request.url === '/healthz'
  response.writeHead(alive ? 200 : 503, { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '1', 'Cache-Control': 'no-store' })
  response.end(alive ? 'ok' : 'Telltale is starting or stopping.\n')
}
