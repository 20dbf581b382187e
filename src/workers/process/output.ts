import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'

export type Stream = 'stdout' | 'stderr'

export interface Batch {
  /** The bytes of the attempt before this one, of both streams. */
  offset: number
  stream: Stream
  data: Buffer
}

export interface Output {
  /** The command has ended: reads and sends what is left. Throws what `send` threw. */
  flush(): Promise<void>
}

/** One request's worth; base64 makes it a third larger, under the server's limit for a body. */
const BATCH_BYTES = 256 * 1024
/** What may wait in memory; then the pipes are paused, and the command waits as it would for a slow terminal. */
const PENDING_BYTES = 1024 * 1024
const FLUSH_MS = 100
/** A process that outlived its tree may hold a pipe open for ever; what it has to say is not waited for. */
const LINGER_MS = 2000

/**
 * Sends what the command prints, in the order in which it arrived, one batch at a time: the first byte at once, then
 * every 100 ms or when a batch is full.
 */
export function ship({ stdout, stderr }: { stdout: Readable; stderr: Readable }, send: (batch: Batch) => Promise<void>): Output {
  let pending: Omit<Batch, 'offset'>[] = []
  let bytes = 0
  let offset = 0
  let ending = false
  let closed = false
  let wake = () => {}

  function read(stream: Stream, pipe: Readable): Promise<void> {
    pipe.on('data', (data: Buffer) => {
      pending.push({ stream, data })
      bytes += data.length
      if (bytes >= PENDING_BYTES && !ending) for (const each of [stdout, stderr]) each.pause()
      wake()
    })
    return finished(pipe).catch(() => {}) // destroyed, after LINGER_MS
  }
  const ended = Promise.all([read('stdout', stdout), read('stderr', stderr)]).then(() => {
    closed = true
    wake()
  })

  function changed(withinMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function sendAll() {
    while (!closed || pending.length > 0) {
      while (!closed && pending.length === 0) await changed()
      const next = performance.now() + FLUSH_MS
      for (const { stream, data } of batches(pending.splice(0))) {
        await send({ offset, stream, data })
        offset += data.length
        bytes -= data.length
        if (bytes < PENDING_BYTES) for (const each of [stdout, stderr]) each.resume()
      }
      for (let left = FLUSH_MS; left > 0 && bytes < BATCH_BYTES && !closed; left = next - performance.now()) await changed(left)
    }
  }
  const sent = sendAll()
  sent.catch(() => {}) // flush throws it

  async function flush() {
    ending = true // what is left is what the pipes hold: it fits, and it is read at once, before anyone gives up on them
    for (const each of [stdout, stderr]) each.resume()
    const lingering = new AbortController()
    void pause(LINGER_MS, undefined, lingering).then(() => [stdout, stderr].map((pipe) => pipe.destroy()), () => {})
    void ended.then(() => lingering.abort())
    await sent
  }

  return { flush }
}

/** Neighbours of one stream together, each batch of at most BATCH_BYTES. */
export function* batches(chunks: readonly Omit<Batch, 'offset'>[]): Generator<Omit<Batch, 'offset'>> {
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
