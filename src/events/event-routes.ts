import type { Context } from 'hono'
import { z } from 'zod'
import { json } from '../http/answer.ts'
import { contentType, readJson } from '../http/body.ts'
import { Refusal } from '../http/errors.ts'
import { cursorAt } from '../http/respond.ts'
import { type Call, type Route, route } from '../http/route.ts'
import type { Env } from '../http/slice.ts'
import { subjectIn } from '../http/subject.ts'
import { conflict, invalid, Problem } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import { pressure } from '../live/pressure.ts'
import { envelope } from '../live/ring.ts'
import { append, Foreign, foreign, fromCloudEvent } from '../log/foreign.ts'
import { parseCursor } from '../log/log.ts'
import { needsReading } from '../log/search.ts'
import { senderOf } from '../log/sender.ts'
import * as events from './events.ts'
import { FIELDS, typed } from './filter.ts'

const MOST_EVENTS = 100
const CE_HEADER = 'ce-'

const HistoryQuery = z
  .object({
    ...FIELDS,
    order: z.enum(['asc', 'desc']).default('desc'),
    since: z.string().optional(),
    before: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  })
  .transform(typed)

const { $schema, ...EVENT } = z.toJSONSchema(Foreign, { io: 'input', unrepresentable: 'any' })
/** `posted` reads it, and `foreign` checks each event. */
const Posted = z.custom<unknown[]>().meta({ anyOf: [EVENT, { type: 'array', items: EVENT, minItems: 1, maxItems: MOST_EVENTS }] })

const HISTORY = json(
  z.object({
    epoch: z.string(),
    seq: z.int(),
    items: z.array(z.looseObject({ seq: z.int(), kind: z.string() })),
    next: z.string().nullable(),
    reached: z.int().optional(),
  }),
  {
    says: 'The events, and the URL of what follows; reached is the last event that a search has checked, if it ended before its window was full',
  },
)

/** The log over HTTP, apart from its stream: a page of history and what other programs append. */
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/events',
    summary: 'Read the log',
    may: 'read',
    query: HistoryQuery,
    answer: HISTORY,
    example: { query: { kinds: 'task.', limit: '10' } },
    run: history,
  }),
  route({
    method: 'GET',
    path: '/api/:noun/:id/events',
    summary: 'Read the events of one thing',
    may: 'read',
    query: HistoryQuery,
    answer: HISTORY,
    example: { params: { noun: 'tasks', id: 't_1' } },
    run: async (call) => history(call, await subjectIn(call)),
  }),
  route({
    method: 'POST',
    path: '/api/events',
    summary: 'Append events of another program: one, a list, or CloudEvents',
    may: 'events.append',
    body: Posted,
    read: posted,
    answer: json(z.object({ epoch: z.string(), seq: z.int(), items: z.array(z.object({ seq: z.int(), duplicate: z.boolean() })) }), {
      says: 'The seq of each event',
    }),
    example: { body: { source_id: 'backup-4182', kind: 'backup.finished', payload: { files: 1204 } } },
    async run({ app, c, body }) {
      const sender = senderOf(c.get('actor'))
      const given = body.map((event, i) => at(i, () => foreign(event, { now: app.clock.now(), sender, kinds: app.kinds })))
      const { value, seq } = await append(app, { actor: c.get('actor') }, given)
      return c.json({ epoch: app.epoch, seq, items: value }, 200, { 'X-Live-Seq': cursorAt(app, seq) })
    },
  }),
]

/** One page of the log, with the URL of the next; an id of another epoch is a conflict. */
async function history({ app, c, query }: Call<never, z.infer<typeof HistoryQuery>>, subject?: string): Promise<Response> {
  const { order, limit } = query
  const since = place(app, 'since', query.since) ?? 0
  if (since > app.hub.head) throw invalid(`since: The log has only reached ${app.hub.head}.`, { since: 'This is in the future.' })
  const before = place(app, 'before', query.before) ?? Number.POSITIVE_INFINITY
  const filter = { ...query, subject: subject ?? query.subject }
  const db = needsReading(filter) ? app.database.pool : app.db
  const { seq, items, next, reached } = await events.history(db, filter, { since, before, order, limit })
  const url = new URL(c.req.url)
  if (next !== null) url.searchParams.set(order === 'asc' ? 'since' : 'before', cursorAt(app, next))
  const body = items.map((event) => envelope(event, app.epoch)).join(',')
  const follows = next === null ? 'null' : JSON.stringify(url.pathname + url.search)
  const ended = reached === null ? '' : `,"reached":${reached}`
  return c.body(`{"epoch":${JSON.stringify(app.epoch)},"seq":${seq},"items":[${body}],"next":${follows}${ended}}`, 200, {
    'Content-Type': 'application/json',
    'X-Live-Seq': cursorAt(app, seq),
  })
}

function place(app: App, name: string, asked: string | undefined): number | undefined {
  if (!asked) return undefined
  const cursor = parseCursor(asked, app.epoch)
  if (cursor === null) throw invalid(`${name}: An id looks like 4182.k3v9q2ab, or is a number.`, { [name]: 'This is not an id.' })
  if (cursor.epoch !== app.epoch) throw conflict('That id belongs to an earlier log: read from the beginning, with since=0.', { epoch: app.epoch })
  return cursor.seq
}

/** What the body holds, as a list: one event, several, or CloudEvents in any of their three modes. */
async function posted(app: App, c: Context<Env>): Promise<unknown[]> {
  if (pressure(app).isHigh) throw new Refusal(503, 'Too much is waiting to be written: nothing was appended. Try again.')
  const type = contentType(c)
  const isBinary = c.req.header(`${CE_HEADER}specversion`) !== undefined
  if (type?.startsWith('application/x-www-form')) throw new Refusal(415, 'Send events as application/json or as CloudEvents.')
  const body = await readJson(c)
  if (isBinary) return [fromCloudEvent({ ...headersOf(c), data: body })]
  const list = Array.isArray(body) ? body : [body]
  if (list.length === 0 || list.length > MOST_EVENTS) throw invalid(`Send 1 to ${MOST_EVENTS} events at once, not ${list.length}.`)
  return type?.startsWith('application/cloudevents') ? list.map((event, i) => at(i, () => fromCloudEvent(event))) : list
}

/** `ce-` headers as attributes, percent-decoded (CloudEvents HTTP binding, 3.1.3.2). */
function headersOf(c: Context): Record<string, string> {
  const given = Object.entries(c.req.header()).filter(([name]) => name.startsWith(CE_HEADER))
  return Object.fromEntries(given.map(([name, value]) => [name.slice(CE_HEADER.length), decoded(value)]))
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    throw invalid('A ce- header is not percent-encoded as it should be.')
  }
}

/** A refusal says which of the events it is about. */
function at<T>(index: number, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Problem) || index === 0) throw error
    const fields = Object.fromEntries(Object.entries(error.fields).map(([name, message]) => [`${index}.${name}`, message]))
    throw invalid(`Event ${index + 1}: ${error.message}`, fields)
  }
}
