import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Wire } from '../../../src/client/wire.js'
import { steadyPort } from '../../support/port.ts'
import { type ServerProcess, serve } from '../../support/process.ts'
import { temporaryFolder, until } from '../../support/server.ts'

/** An event in the JSON history. */
export interface Heard {
  seq: number
  kind: string
  source: string
  source_id?: string
  subject: string
  actor: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails where that is not there
  payload: any
}

/** A Telltale that can be killed and started again: same port, same folder, same upstreams. */
export class Node {
  readonly name: string
  readonly port: number
  readonly data = join(temporaryFolder(), 'data')
  readonly client: Wire
  readonly #file = join(temporaryFolder(), 'telltale.config.json')
  #server: ServerProcess | undefined

  private constructor(name: string, port: number) {
    this.name = name
    this.port = port
    this.client = new Wire({ data: this.data })
  }

  /** One that runs and reads no upstream yet. */
  static async of(name: string): Promise<Node> {
    const node = new Node(name, await steadyPort())
    writeFileSync(node.#file, '{}')
    await node.start()
    onTestFinished(async () => {
      await node.end('SIGTERM')
      node.client.close()
    })
    return node
  }

  async start() {
    this.#server = await serve(this.data, { port: this.port, flags: ['--config', this.#file] })
  }

  async end(signal: NodeJS.Signals) {
    await this.#server?.end(signal)
  }

  async restart(signal: NodeJS.Signals) {
    await this.end(signal)
    await this.start()
  }

  /** From now on it reads these. */
  async read(...upstreams: Node[]) {
    const listed = []
    for (const { name, port, client } of upstreams) {
      const { body } = await client.call<{ item: { token: string } }>('POST', '/api/tokens', { name: `for-${this.name}`, role: 'viewer' })
      listed.push({ name, url: `http://127.0.0.1:${port}`, token: body.item.token })
    }
    writeFileSync(this.#file, JSON.stringify({ upstreams: listed }))
    await this.restart('SIGTERM')
    for (const { name } of upstreams)
      await this.hears(`component.health_changed`, ({ payload }) => payload.component_id === `upstream:${name}` && payload.available)
  }

  /** Appends one event, and retries until it is acknowledged. */
  async post(n: number) {
    const event = { kind: 'test.happened', source: 'poster', source_id: `n${n}`, subject: `test:${n}`, payload: { n } }
    await until(
      async () =>
        this.client
          .call('POST', '/api/events', event, { timeoutMs: 5000 })
          .then(() => true)
          .catch(() => false),
      () => `${this.name} does not take ${n}`,
    )
  }

  /** The whole log, in order. */
  async log(): Promise<Heard[]> {
    const heard: Heard[] = []
    for (let url: string | null = '/api/events?order=asc&since=0&limit=500'; url; ) {
      const { body }: { body: { items: Heard[]; next: string | null } } = await this.client.call('GET', url)
      heard.push(...body.items)
      url = body.next
    }
    return heard
  }

  async tests(): Promise<Heard[]> {
    return (await this.log()).filter(({ kind }) => kind === 'test.happened')
  }

  /** Waits until an event is there. */
  hears(kind: string, isIt: (event: Heard) => boolean) {
    const there = async () => (await this.log()).some((event) => event.kind === kind && isIt(event))
    return until(
      () => there().catch(() => false),
      () => `${this.name} does not hear of ${kind}`,
    )
  }
}

/** A server of the test's own, whose every connection is cut when the test ends. */
export async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
