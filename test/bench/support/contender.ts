import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { createChannel, createSession } from 'better-sse'
import { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import * as tokens from '../../../src/access/tokens.ts'
import { Door } from '../../../src/cli/door.ts'
import { configFrom } from '../../../src/config/config.ts'
import { frame } from '../../../src/live/frame.ts'
import { envelope } from '../../../src/live/ring.ts'
import { OWNER } from '../../../src/log/actor.ts'
import { append } from '../../../src/log/foreign.ts'
import { createSite } from '../../../src/site.ts'
import { slices } from '../../../src/slices.ts'
import { answer, MARK } from './process.ts'

/** One of the compared servers, as a child process that publishes on request over IPC. */
export interface Open {
  port: number
  path: string
  headers: Record<string, string>
}

interface Contender {
  open: Open
  /** Publishes this many events in one turn, and returns when it began, in ms of the monotonic clock. */
  publish(count: number): number | Promise<number>
  facts?(): Record<string, number>
  /** The fixed response to every GET, for a server that does nothing else. */
  keep?(answer: { headers: Record<string, string>; body: string }): void
}

const KIND = 'reading.taken'
const now = () => Number(process.hrtime.bigint()) / 1e6
const PAYLOAD = JSON.stringify({ n: 1, unit: 'degC', mark: MARK })
const common = { kind: KIND, subject: 'sensor:s_1', actor: 'bench', source: 'bench', cause: null, payload: PAYLOAD }

/** The event that each of them sends, in Telltale's bytes. */
let seq = 0
const nextEvent = () => ({ seq: ++seq, at: Date.now(), source_id: randomUUID(), ...common })

/** Telltale itself, its events appended in process: commit, ring, write. */
async function telltale(): Promise<Contender> {
  const data = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  process.on('exit', () => rmSync(data, { recursive: true, force: true }))
  const silent = { request() {}, info() {}, error: console.error }
  // Thousands of readers share one token here, without limits.
  const config = { ...configFrom(['--max-streams', '100000', '--writes-per-second', '100000'], {}), data, workers: 0 }
  const app = await createSite({ config, file: join(data, 'telltale.db'), slices, log: silent })
  const door = await Door.open('127.0.0.1', 0)
  await door.serve(app, join(data, 'control.sock'))
  app.address.port = door.port
  const { token } = await tokens.create(app, { actor: OWNER }, { name: 'bench', role: 'admin', expires_days: 1 })
  return {
    open: { port: door.port, path: '/api/events', headers: { authorization: `Bearer ${token}` } },
    async publish(count) {
      const events = Array.from({ length: count }, nextEvent).map(({ seq: _, ...event }) => ({ ...event, sender: 'bench' }))
      await append(app, { actor: OWNER }, events)
      return now()
    },
    facts: () => ({ renders: app.shell.cache.stats.renders, streams: app.streams.size, head: app.hub.head }),
  }
}

/** The baseline: Node's own server, which writes one shared Buffer to every response. */
async function bare(): Promise<Contender> {
  const readers = new Set<ServerResponse>()
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }).flushHeaders()
    readers.add(response)
    response.once('close', () => readers.delete(response))
  })
  return listening(server, (count) => {
    const began = now()
    for (let i = 0; i < count; i++) {
      const event = nextEvent()
      const bytes = frame({ event: KIND, id: `${event.seq}.k3v9q2ab`, data: envelope(event, 'k3v9q2ab') })
      for (const reader of readers) reader.write(bytes)
    }
    return began
  })
}

async function betterSse(): Promise<Contender> {
  const channel = createChannel()
  const server = createServer(async (request, response) => {
    channel.register(await createSession(request, response, { keepAlive: null }))
  })
  return listening(server, (count) => {
    const began = now()
    for (let i = 0; i < count; i++) {
      const event = nextEvent()
      channel.broadcast(JSON.parse(envelope(event, 'k3v9q2ab')), KIND, { eventId: `${event.seq}.k3v9q2ab` })
    }
    return began
  })
}

async function hono(): Promise<Contender> {
  const readers = new Set<SSEStreamingApi>()
  const app = new Hono()
  app.get('/', (c) =>
    streamSSE(c, async (stream) => {
      readers.add(stream)
      await stream.writeSSE({ event: 'ready', data: '{}' })
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      readers.delete(stream)
    }),
  )
  return listening(createServer(getRequestListener(app.fetch)), (count) => {
    const began = now()
    for (let i = 0; i < count; i++) {
      const event = nextEvent()
      const message = { event: KIND, id: `${event.seq}.k3v9q2ab`, data: envelope(event, 'k3v9q2ab') }
      for (const reader of readers) void reader.writeSSE(message)
    }
    return began
  })
}

/** The baseline for cached responses: the same bytes and headers, and 304s. */
async function kept(): Promise<Contender> {
  let answer: { headers: Record<string, string>; body: Buffer } = { headers: {}, body: Buffer.alloc(0) }
  const server = createServer((request, response) => {
    const { headers, body } = answer
    if (request.headers['if-none-match'] !== headers.etag) return void response.writeHead(200, headers).end(body)
    const { 'content-length': _, ...rest } = headers
    response.writeHead(304, rest).end()
  })
  return {
    ...(await listening(server, () => 0)),
    keep: ({ headers, body }) => {
      answer = { headers, body: Buffer.from(body, 'base64') }
    },
  }
}

async function listening(server: ReturnType<typeof createServer>, publish: Contender['publish']): Promise<Contender> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve))
  return { open: { port: (server.address() as AddressInfo).port, path: '/', headers: {} }, publish }
}

const CONTENDERS: Record<string, () => Promise<Contender>> = { telltale, bare, 'better-sse': betterSse, streamSSE: hono, kept }

const contender = await (CONTENDERS[process.argv[2] ?? ''] as () => Promise<Contender>)()
answer({
  open: () => contender.open,
  publish: (count) => contender.publish(Number(count)),
  facts: () => contender.facts?.() ?? {},
  keep: (answer) => contender.keep?.(answer),
})
