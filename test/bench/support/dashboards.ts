import { connect, type Socket } from 'node:net'
import type { Open } from './contender.ts'
import { answer, percentile } from './process.ts'

/** Simulated pages: each holds a stream open and fetches the partial after a nudge. */
const now = () => Number(process.hrtime.bigint()) / 1e6
const AT_ONCE = 100
const CHANGED = 'event: tasks-changed'

/** A keep-alive connection for one request at a time. */
class Line {
  readonly #socket: Socket
  #answered: (status: number) => void = () => {}
  #got: Buffer = Buffer.alloc(0)

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').on('data', (chunk: Buffer) => this.#take(chunk))
  }

  ask(head: string): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#socket.write(head)
    })
  }

  close() {
    this.#socket.destroy()
  }

  #take(chunk: Buffer) {
    this.#got = this.#got.length > 0 ? Buffer.concat([this.#got, chunk]) : chunk
    const end = this.#got.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#got.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#got.length < end + 4 + length) return
    this.#got = this.#got.subarray(end + 4 + length)
    this.#answered(Number(head.slice(9, 12)))
  }
}

const headOf = (path: string, port: number, headers: Record<string, string>) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

/** Sends this many requests over this many connections, and returns the count of each status. */
async function ask({ port, path, headers, count, connections }: Open & { count: number; connections: number }) {
  const head = headOf(path, port, headers)
  const statuses: Record<number, number> = {}
  let left = count
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const line = new Line(port)
      while (left-- > 0) {
        const status = await line.ask(head)
        statuses[status] = (statuses[status] ?? 0) + 1
      }
      line.close()
    }),
  )
  return statuses
}

let waiting: { left: number; at: number[]; done: (at: number[]) => void } | undefined

async function open({ port, headers, count }: Open & { count: number }) {
  const head = headOf('/ui/tasks', port, { ...headers, 'accept-encoding': 'br' })
  for (let i = 0; i < count; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, () => page(port, headers, head)))
}

function page(port: number, headers: Record<string, string>, head: string): Promise<void> {
  const line = new Line(port)
  return new Promise((resolve) => {
    const stream = connect(port, '127.0.0.1', () => stream.write(headOf('/ui/stream', port, headers)))
    stream.once('data', () => resolve())
    stream.on('data', async (chunk: Buffer) => {
      if (!waiting || !chunk.includes(CHANGED)) return
      if ((await line.ask(head)) !== 200) throw new Error('a page was refused its partial')
      waiting.at.push(now())
      if (--waiting.left === 0) waiting.done(waiting.at)
    })
  })
}

/** Returns when the pages had their next partial: the median, the p99 and the last. */
async function refreshed(count: number) {
  const at = await new Promise<number[]>((done) => (waiting = { left: count, at: [], done }))
  return { p50: percentile(at, 50), p99: percentile(at, 99), last: Math.max(...at) }
}

answer({ ask, open, refreshed })
