import { z } from 'zod'
import { type Frame, SseParser } from '../../../client/sse.js'
import type { RemoteUpstream } from '../../../config/upstream.ts'
import { isObject, type JsonObject, parseJson } from '../../../input/json.ts'
import { chunks, isCarried, open } from './http.ts'
import { originOf } from './origin.ts'
import { type Arrival, type Reading, Refusal } from './source.ts'

const SUBJECT_CHARACTERS = 200
const ACTOR_CHARACTERS = 100

const Record = z.looseObject({
  seq: z.int().positive(),
  epoch: z.string(),
  kind: z.string(),
  at: z.string(),
  subject: z.string(),
  actor: z.string(),
  source_id: z.string().optional(),
  payload: z.custom<JsonObject>(isObject),
})
const Place = z.looseObject({ seq: z.int().nonnegative(), epoch: z.string(), reason: z.string().default('it cannot resume there') })
const Gap = z.looseObject({ dropped: z.int() })

/** The firehose of another Telltale server, lossless. */
export async function* telltale({ url, token, kinds, since }: RemoteUpstream, { cursor, signal, silenceMs }: Reading): AsyncGenerator<Arrival[]> {
  const query = new URLSearchParams({
    lossless: '1',
    ...(kinds.length > 0 && { kinds: kinds.join() }),
    ...(!cursor && since === 'beginning' && { since: '0' }),
  })
  const response = await open({ url: new URL(`api/events?${query}`, url.endsWith('/') ? url : `${url}/`), token, accept: 'text/event-stream', cursor }, signal)
  const parser = new SseParser()
  const isFirst = !cursor && since === 'now'
  let isReady = false
  for await (const chunk of chunks(response, silenceMs)) {
    const arrivals: Arrival[] = []
    for (const frame of parser.feed(chunk)) {
      if (!isReady && frame.event !== 'ready') throw new Refusal('the server at that address is not a Telltale server')
      isReady = true
      if (frame.event === 'end' || frame.event === 'server-restarting') {
        yield [...arrivals, obeyed(frame, isFirst)]
        return
      }
      arrivals.push(frame.id === undefined ? obeyed(frame, isFirst) : recorded(frame))
    }
    if (isReady) yield arrivals
  }
  throw new Error('the connection was closed')
}

function obeyed({ event, data, retry }: Frame, isFirst: boolean): Arrival {
  const pause = retry === undefined ? {} : { retry }
  const place = Place.safeParse(json(data)).data
  if (event === 'gap') return { ...pause, lost: `${Gap.safeParse(json(data)).data?.dropped ?? 'some'} events were dropped on the way` }
  if (event === 'reset' && place) return { ...pause, lost: place.reason, cursor: `${place.seq}.${place.epoch}` }
  // Keeps the cursor of the first `ready`, so that a restart before the first event resumes here.
  if (event === 'ready' && place && isFirst) return { ...pause, cursor: `${place.seq}.${place.epoch}` }
  return pause
}

function recorded({ id, data }: Frame): Arrival {
  const cursor = id !== undefined && isCarried(id) ? id : undefined
  if (data === undefined) return { cursor }
  const { data: record, error } = Record.safeParse(json(data))
  if (!record) return { cursor, refused: `a record cannot be read: ${error.issues[0]?.message}` }
  const { kind, at, subject, actor, payload } = record
  return {
    cursor,
    event: { source_id: originOf(record), kind, at, subject: cut(subject, SUBJECT_CHARACTERS), actor: cut(actor, ACTOR_CHARACTERS), payload },
  }
}

const cut = (text: string, most: number) => (text.length <= most ? text : text.slice(0, most).toWellFormed())

function json(text: string | undefined): unknown {
  try {
    return parseJson(text ?? '')
  } catch {
    return undefined
  }
}
