import { type Frame, SseParser } from '../../../client/sse.js'
import type { RemoteUpstream } from '../../../config/upstream.ts'
import { parseJson, Unfit } from '../../../input/json.ts'
import { chunks, isCarried, open } from './http.ts'
import { isKind, kindOf, received } from './received.ts'
import type { Arrival, Reading } from './source.ts'

/** Any stream of server-sent events. Ids are permanent: after a server restarts its count, repeated ids are duplicates. */
export async function* sse({ name, url, token }: RemoteUpstream, { cursor, signal, silenceMs }: Reading): AsyncGenerator<Arrival[]> {
  const response = await open({ url: new URL(url), token, accept: 'text/event-stream', cursor }, signal)
  yield []
  const parser = new SseParser()
  for await (const chunk of chunks(response, silenceMs)) yield parser.feed(chunk).map((frame) => arrival(frame, name))
  throw new Error('the connection was closed')
}

function arrival({ event, data, id, retry, isTooLong }: Frame, name: string): Arrival {
  const at = { cursor: id !== undefined && isCarried(id) ? id : undefined, ...(retry !== undefined && { retry }) }
  if (isTooLong) return { ...at, refused: 'an event is too long' }
  if (data === undefined) return at
  try {
    return { ...at, event: received(parsed(data), { kind: isKind(event) ? event : kindOf(name, event), id: id || undefined }) }
  } catch (error) {
    return { ...at, refused: `an event is refused: ${(error as Error).message}` }
  }
}

/** The JSON value, or the text itself if it is not JSON. Throws Unfit. */
function parsed(data: string): unknown {
  try {
    return parseJson(data)
  } catch (error) {
    if (error instanceof Unfit) throw error
    return data
  }
}
