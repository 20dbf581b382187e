import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createParser } from 'eventsource-parser'
import { removeFolder, type Server, serve, temporaryFolder } from '../crash/server.ts'
import { TYPESCRIPT } from '../support/typescript.ts'

export interface Heard {
  seq: number
  source: string
  n: number
}

export interface OutagesReport {
  /** In the order in which the reader got them. */
  heard: Heard[]
  /** How many events each poster had acknowledged. */
  sent: Record<string, number>
  connections: number
  refusals: number
  restarts: number
  resets: number
  wrong: string[]
}

const POSTER = fileURLToPath(new URL('poster.ts', import.meta.url))
const POSTERS = ['north', 'south']
/** Each sixth connection is answered 503; the others live this long at most. */
const REFUSED = 6
const LONGEST_MS = 80
const RETRY_MS = 5
const LAST_WORD_MS = 60_000

/** A reader that resumes by its cursor, over a line that breaks, to a server that is stopped and killed, while others post. */
export async function outages({ connections, restarts }: { connections: number; restarts: number }): Promise<OutagesReport> {
  const data = temporaryFolder()
  let server = await serve(data)
  const posters = POSTERS.map((source) => startPoster(data, source))
  const line = new BadLine(join(data, 'control.sock'))
  const reader = new Reader(await line.listen(join(data, 'line.sock')))
  try {
    const reading = reader.run()
    for (let done = 1; done <= restarts; done++) {
      await reached(() => line.connections >= (connections * done) / (restarts + 1))
      server = await restart(server, done % 2 ? 'SIGKILL' : 'SIGTERM')
    }
    await reached(() => line.connections >= connections && posters.every(({ acked }) => acked() > connections / 10))
    const sent = Object.fromEntries(await Promise.all(posters.map(async ({ source, end }) => [source, await end()] as const)))
    line.mend()
    const all = Object.values(sent).reduce((sum, n) => sum + n, 0)
    await reached(() => reader.heard.length >= all, LAST_WORD_MS).catch(() => {})
    reader.stop()
    await reading
    const { heard, resets } = reader
    return { heard, sent, connections: line.connections, refusals: line.refusals, restarts, resets, wrong: judge(heard, sent) }
  } finally {
    for (const { child } of posters) child.kill('SIGKILL')
    reader.stop()
    line.close()
    await server.end('SIGKILL')
    removeFolder(data)
  }
}

/** Violations: a missing or repeated seq, or an event of a poster that is missing, duplicated or out of order. */
export function judge(heard: readonly Heard[], sent: Record<string, number>): string[] {
  const wrong: string[] = []
  for (const [i, { seq }] of heard.entries()) if (seq !== i + 1) wrong.push(`number ${i + 1} of those heard is seq ${seq}`)
  for (const [source, count] of Object.entries(sent)) {
    const numbers = heard.filter((event) => event.source === source).map(({ n }) => n)
    for (let n = 1; n <= Math.max(count, numbers.length); n++) if (numbers[n - 1] !== n) wrong.push(`${source} sent ${n}, heard was ${numbers[n - 1]}`)
  }
  return wrong
}

/** Goes on at its cursor after each end, whatever the reason for it was. */
class Reader {
  readonly heard: Heard[] = []
  resets = 0
  readonly #socketPath: string
  #cursor = '0'
  #over = false
  #end = () => {}

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  async run() {
    while (!this.#over) {
      await this.#read()
      await pause(RETRY_MS)
    }
  }

  stop() {
    this.#over = true
    this.#end()
  }

  #read(): Promise<void> {
    return new Promise((resolve) => {
      const parser = createParser({ onEvent: ({ event, id, data }) => this.#hear(event, id, data) })
      const headers = { Host: 'telltale', 'last-event-id': this.#cursor }
      const request = get({ socketPath: this.#socketPath, path: '/api/events?lossless=1', headers, agent: false }, (answer) => {
        const isStream = answer.statusCode === 200
        answer.setEncoding('utf8').on('data', (chunk) => isStream && parser.feed(chunk))
        answer.on('error', () => {})
      })
      this.#end = () => request.destroy()
      request.on('error', () => {}).once('close', resolve)
    })
  }

  #hear(event: string | undefined, id: string | undefined, data: string) {
    if (event === 'reset') this.resets++
    if (id === undefined) return
    const { seq, source, payload } = JSON.parse(data)
    this.heard.push({ seq, source, n: payload.n })
    this.#cursor = id
  }
}

/** A proxy between reader and server that sometimes answers 503, and breaks connections, even in the middle of a frame. */
class BadLine {
  connections = 0
  refusals = 0
  #isBad = true
  readonly #to: string
  readonly #server = createServer((near) => {
    this.connections++
    near.on('error', () => {})
    if (this.#isBad && this.connections % REFUSED === 0) {
      this.refusals++
      near.resume().end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    const far = connect(this.#to)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => to.destroy()).once('close', () => to.destroy())
      from.pipe(to)
    }
    if (this.#isBad) setTimeout(() => near.destroy(), Math.random() * LONGEST_MS)
  })

  constructor(to: string) {
    this.#to = to
  }

  async listen(path: string): Promise<string> {
    this.#server.listen(path)
    await once(this.#server, 'listening')
    return path
  }

  mend() {
    this.#isBad = false
  }

  close() {
    this.#server.close()
  }
}

async function restart(server: Server, signal: NodeJS.Signals): Promise<Server> {
  await server.end(signal)
  return serve(server.data)
}

function startPoster(data: string, source: string): { source: string; child: ChildProcess; acked(): number; end(): Promise<number> } {
  const child = spawn(process.execPath, [...TYPESCRIPT, POSTER, data, source], { stdio: ['pipe', 'pipe', 'inherit'] })
  let acked = 0
  child.stdout.on('data', (dots) => (acked += dots.length))
  return {
    source,
    child,
    acked: () => acked,
    async end() {
      child.stdin.end()
      await once(child, 'close')
      return acked
    },
  }
}

async function reached(isSo: () => boolean, ms = 600_000) {
  const deadline = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('waited in vain')
    await pause(RETRY_MS)
  }
}
