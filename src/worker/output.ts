import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Mask } from './mask.ts'
import { type Progress, ProgressScan } from './progress.ts'

type Stream = 'stdout' | 'stderr'

type Chunk = Omit<Batch, 'offset'>

export interface Batch {
  /** Bytes of both streams before this chunk. */
  offset: number
  stream: Stream
  data: Buffer
}

interface Handlers {
  send(batch: Batch): Promise<void>
  progress?(progress: Progress): void
  /** Told of each piece, masked. */
  printed?(bytes: Buffer): void
  /** They are masked. */
  secrets?: readonly string[]
}

/** The server has lost acknowledged output, as in a power cut. */
export class Behind extends Error {
  readonly size: number

  constructor(size: number) {
    super(`the server’s log ends at ${size}`)
    this.size = size
  }
}

/** One request; base64 makes it a third larger, still under the server's limit for a body. */
const BATCH_BYTES = 256 * 1024
/** The buffer's limit; beyond it the pipes are paused, and the command waits as for a slow terminal. */
const PENDING_BYTES = 1024 * 1024
const FLUSH_MS = 100
/** A process that outlived its tree may hold a pipe open for ever; its output is not awaited. */
const LINGER_MS = 2000

/** Sends the first byte at once, then every 100 ms or when a batch is full. Output that the server lost is noted in the log. */
export class Output {
  readonly #pipes: readonly Readable[]
  readonly #send: (batch: Batch) => Promise<void>
  readonly #printed: (bytes: Buffer) => void
  readonly #closed: Promise<unknown>
  readonly #sent: Promise<void>
  readonly #masks = { stdout: new Mask([]), stderr: new Mask([]) }
  #pending: Chunk[] = []
  #bytes = 0
  #offset = 0
  #isEnding = false
  #isClosed = false
  #wake = () => {}

  constructor({ stdout, stderr }: { stdout: Readable; stderr: Readable }, { send, progress = () => {}, printed = () => {}, secrets = [] }: Handlers) {
    this.#pipes = [stdout, stderr]
    this.#send = send
    this.#printed = printed
    const read = (stream: Stream, pipe: Readable) => this.#read(stream, pipe, { mask: this.#masks[stream], scan: new ProgressScan(progress) })
    this.hide(secrets)
    this.#closed = Promise.all([read('stdout', stdout), read('stderr', stderr)]).then(() => {
      this.#isClosed = true
      this.#wake()
    })
    this.#sent = this.#sendAll()
    this.#sent.catch(() => {}) // flush throws it
  }

  /** Masks these in what comes from now on. */
  hide(secrets: readonly string[]) {
    for (const mask of Object.values(this.#masks)) mask.hide(secrets)
  }

  async flush() {
    this.#isEnding = true // what the pipes hold fits, and is read before LINGER_MS
    for (const pipe of this.#pipes) pipe.resume()
    const lingering = setTimeout(() => this.#pipes.map((pipe) => pipe.destroy()), LINGER_MS)
    void this.#closed.then(() => clearTimeout(lingering))
    await this.#sent
  }

  add(stream: Stream, text: string) {
    this.#keep(stream, Buffer.from(text))
  }

  #keep(stream: Stream, data: Buffer) {
    if (data.length === 0) return
    this.#printed(data)
    this.#pending.push({ stream, data })
    this.#bytes += data.length
    if (this.#bytes >= PENDING_BYTES && !this.#isEnding) for (const each of this.#pipes) each.pause()
    this.#wake()
  }

  async #read(stream: Stream, pipe: Readable, { mask, scan }: { mask: Mask; scan: ProgressScan }): Promise<void> {
    pipe.on('data', (data: Buffer) => this.#keep(stream, scan.push(mask.push(data))))
    await finished(pipe).catch(() => {}) // destroyed, after LINGER_MS
    this.#keep(stream, scan.push(mask.end()))
  }

  async #sendAll() {
    while (!this.#isClosed || this.#pending.length > 0) {
      while (!this.#isClosed && this.#pending.length === 0) await this.#changed()
      const next = performance.now() + FLUSH_MS
      for (const chunk of batches(this.#pending.splice(0))) await this.#sendOne(chunk)
      for (let left = FLUSH_MS; left > 0 && this.#bytes < BATCH_BYTES && !this.#isClosed; left = next - performance.now()) await this.#changed(left)
    }
  }

  async #sendOne({ stream, data }: Chunk) {
    await this.#append(stream, data)
    this.#bytes -= data.length
    if (this.#bytes < PENDING_BYTES) for (const pipe of this.#pipes) pipe.resume()
  }

  async #append(stream: Stream, data: Buffer) {
    try {
      await this.#send({ offset: this.#offset, stream, data })
      this.#offset += data.length
    } catch (error) {
      if (!(error instanceof Behind) || error.size >= this.#offset) throw error
      const lost = this.#offset - error.size
      this.#offset = error.size
      await this.#append('stderr', Buffer.from(`\ntelltale: the server lost ${lost} bytes of output here\n`))
      await this.#append(stream, data)
    }
  }

  #changed(withinMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

export function* batches(chunks: readonly Chunk[]): Generator<Chunk> {
  let group: Buffer[] = []
  let size = 0
  for (const [at, { stream, data }] of chunks.entries()) {
    group.push(data)
    size += data.length
    const next = chunks[at + 1]
    if (next?.stream === stream && size + next.data.length <= BATCH_BYTES) continue
    yield { stream, data: Buffer.concat(group) }
    group = []
    size = 0
  }
}
