import type { Readable } from 'node:stream'
import { Lines } from '../../../client/lines.js'
import type { RemoteUpstream } from '../../../config/upstream.ts'
import { isObject, isRawNumber, parseJson, Unfit } from '../../../input/json.ts'
import { open } from './http.ts'
import { kindOf, received } from './received.ts'
import type { Arrival, Reading } from './source.ts'

const LINE_BYTES = 65_536
const NEWLINE = Buffer.from('\n')

/** JSON objects, one per line, over HTTP. It may be silent for any time, and cannot be resumed. */
export async function* ndjson({ name, url, token }: RemoteUpstream, { signal }: Reading): AsyncGenerator<Arrival[]> {
  const response = await open({ url: new URL(url), token, accept: '*/*' }, signal)
  yield []
  yield* eachLine(response, name)
  throw new Error('the connection was closed')
}

/** The lines of a stream as they arrive, including a last one without a newline. */
export async function* eachLine(stream: Readable, name: string): AsyncGenerator<Arrival[]> {
  const lines = new Lines(LINE_BYTES)
  for await (const chunk of stream) yield arrivals(lines.feed(chunk), name)
  yield arrivals(lines.feed(NEWLINE), name)
}

function arrivals(lines: readonly (string | null)[], name: string): Arrival[] {
  return lines.filter((line) => line?.trim() !== '').map((line) => arrival(line, name))
}

function arrival(line: string | null, name: string): Arrival {
  if (line === null || Buffer.byteLength(line) > LINE_BYTES) return { refused: `a line is longer than ${LINE_BYTES / 1024} KiB` }
  try {
    const value = parseJson(line)
    if (!isObject(value)) return { refused: 'a line is not a JSON object' }
    const { source_id, id } = value
    return { event: received(value, { kind: kindOf(name, 'received'), id: text(source_id) ?? text(id) }) }
  } catch (error) {
    return { refused: error instanceof Unfit ? `a line is refused: ${error.message}` : 'a line is not JSON' }
  }
}

function text(id: unknown): string | undefined {
  if (isRawNumber(id)) return id.rawJSON
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : undefined
}
