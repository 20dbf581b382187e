import { get, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http'
import { join } from 'node:path'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { onTestFinished } from 'vitest'
import { Door } from '../../src/cli/door.ts'
import type { Config } from '../../src/config/config.ts'
import type { AnySlice } from '../../src/http/slice.ts'
import { type TestApp, testApp } from './app.ts'
import { until } from './server.ts'

export interface Served extends TestApp {
  /** The control socket: who comes this way is the owner. */
  socketPath: string
  url: string
}

/** The whole program in this process, with a clock that the test moves, behind a real port and a real control socket. */
export async function served(config: Partial<Config> = {}, more: readonly AnySlice[] = []): Promise<Served> {
  const app = await testApp(config, more)
  const door = await Door.open('127.0.0.1', 0)
  onTestFinished(() => door.close())
  const socketPath = join(app.config.data, 'control.sock')
  await door.serve(app, socketPath)
  app.address.port = door.port
  return Object.assign(app, { socketPath, url: `http://127.0.0.1:${door.port}` })
}

export interface Reading {
  frames: EventSourceMessage[]
  of(event: string): EventSourceMessage[]
  /** The numbers of the records that came, in the order in which they came. */
  seqs(): number[]
  /** All bytes so far, as text. */
  text(): string
  status: number | undefined
  headers: IncomingHttpHeaders
  /** True once the server has ended the response, or the connection broke. */
  isOver(): boolean
  pause(): void
  resume(): void
  close(): void
}

/** Reads a stream with an independent parser, over the control socket or a port. */
export async function reading(way: RequestOptions, path: string, headers: Record<string, string> = {}): Promise<Reading> {
  const frames: EventSourceMessage[] = []
  const chunks: string[] = []
  let over = false
  const parser = createParser({ onEvent: (event) => frames.push(event) })
  const request = get({ ...way, path, headers: { ...(way.socketPath && { Host: 'telltale' }), ...headers }, agent: false })
  onTestFinished(() => void request.destroy())
  const response = await new Promise<IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject))
  request.on('error', () => {})
  response.setEncoding('utf8').on('data', (chunk) => {
    chunks.push(chunk)
    parser.feed(chunk)
  })
  response
    .on('error', () => {})
    .once('close', () => {
      over = true
    })
  return {
    frames,
    of: (event) => frames.filter((frame) => frame.event === event),
    seqs: () => frames.flatMap(({ id, data }) => (id === undefined ? [] : [JSON.parse(data).seq as number])),
    text: () => chunks.join(''),
    status: response.statusCode,
    headers: response.headers,
    isOver: () => over,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void request.destroy(),
  }
}

/** Opens the firehose over the control socket, and waits for its first frame. */
export async function firehoseOf({ socketPath }: { socketPath: string }, query = '', headers: Record<string, string> = {}): Promise<Reading> {
  const reader = await reading({ socketPath }, `/api/events${query}`, headers)
  await until(() => reader.frames.length > 0)
  return reader
}

/** `from`, `from + 1`, … `to`. */
export const numbers = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)

/** Appends this many events of other programs, 100 per request, each about `bytes` larger. */
export async function post(app: TestApp, count: number, { kind = 'reading.taken', subject = 'sensor:s_1', bytes = 0 } = {}) {
  const payload = { pad: 'x'.repeat(bytes) }
  for (let left = count; left > 0; left -= 100) {
    const events = numbers(1, Math.min(100, left)).map(() => ({ source: 'test', kind, subject, payload }))
    const { status, body } = await posted(app, events)
    if (status !== 200) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`)
    await new Promise(setImmediate) // two requests never come in one turn of the server's loop
  }
}

/** The response to an append; like any client, it retries while the server is too busy. */
export async function posted(app: TestApp, events: unknown): ReturnType<TestApp['json']> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const answer = await app.json('/api/events', events)
    if (answer.status !== 503 || Date.now() > deadline) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
