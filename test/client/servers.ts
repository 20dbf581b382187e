import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Event } from '../../src/client/index.js'
import { Wire } from '../../src/client/wire.js'
import { steadyPort } from '../support/port.ts'
import { type ServerProcess, serve } from '../support/process.ts'
import { temporaryFolder } from '../support/server.ts'

const PUBLISHER = fileURLToPath(new URL('publisher.js', import.meta.url))
const LIBRARY = new URL('../../src/client/index.js', import.meta.url).href

/** A data folder whose server is started and stopped by the test, on the port that it got first. */
export class Site {
  readonly data = join(temporaryFolder(), 'data')
  url = ''
  #server: ServerProcess | undefined

  constructor() {
    onTestFinished(() => this.stop('SIGKILL'))
  }

  async start() {
    const port = this.url ? Number(new URL(this.url).port) : await steadyPort()
    this.#server = await serve(this.data, { port })
    this.url = this.#server.url
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM') {
    await this.#server?.end(signal)
  }

  async token(role: string): Promise<string> {
    const client = new Wire({ data: this.data })
    const { body } = await client.call<{ item: { token: string } }>('POST', '/api/tokens', { name: 'test', role })
    client.close()
    return body.item.token
  }

  async get<T>(path: string): Promise<T> {
    const client = new Wire({ data: this.data })
    const { body } = await client.call<T>('GET', path)
    client.close()
    return body
  }

  /** The whole log, oldest first. */
  /** The log without what a test's own tokens leave in it. */
  async log(): Promise<Event[]> {
    const items: Event[] = []
    for (let next: string | null = '/api/events?order=asc&limit=500'; next; ) {
      const page: { items: Event[]; next: string | null } = await this.get(next)
      items.push(...page.items)
      next = page.next
    }
    return items.filter(({ kind }) => kind !== 'access.changed')
  }
}

/** A server that responds as the test says, on a free port or a socket. */
export async function answering(listener: RequestListener, path?: string): Promise<string> {
  const server = createServer(listener)
  server.listen(path ?? { port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A program that publishes numbered events through the library, and how many were acknowledged. */
export function publisher(data: string, source: string, atOnce: number): { child: ChildProcess; told(): number } {
  const child = spawn(process.execPath, [PUBLISHER, LIBRARY, data, source, String(atOnce)], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  return { child, told: () => output.split('\n').length - 1 }
}

/** The numbers that each source put into its events, in the order of the log. */
export function numbersBySource(events: Event[]): Record<string, number[]> {
  const numbers: Record<string, number[]> = {}
  for (const { source, payload } of events) numbers[source] = [...(numbers[source] ?? []), payload.n as number]
  return numbers
}

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
