import type { Context } from 'hono'
import { FirehoseQuery, firehose } from '../../live/firehose.ts'
import { pageStream, panelStream } from '../../live/page-stream.ts'
import { stream } from '../answer.ts'
import { type Route, route } from '../route.ts'
import type { Site } from '../site.ts'
import type { Env } from '../slice.ts'
import { cursorOf, outgoingOf, streaming } from '../stream.ts'
import { subjectIn } from '../subject.ts'

const EVENTS = stream('The events as they happen; a page of them for a request that accepts application/json')

/** What pages and programs follow. */
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/stream',
    summary: 'Hear what a page has to ask for again',
    may: 'read',
    answer: stream('The name of each panel that has changed'),
    example: { query: { watch: 'task:t_1' } },
    async run({ app, c }) {
      await pageStream(app, requestOf(c), { watch: c.req.queries('watch') ?? [], since: cursorOf(c), build: app.assets.build })
      return streaming()
    },
  }),
  route({
    method: 'GET',
    path: '/ui/sse/:panel',
    summary: 'Hear when one panel has changed',
    may: 'read',
    answer: stream('The panel’s name, at each change'),
    example: { params: { panel: 'tasks' } },
    run({ app, c, params: { panel } }) {
      panelStream(app, requestOf(c), panel)
      return streaming()
    },
  }),
  route({
    method: 'GET',
    path: '/api/events',
    summary: 'Follow the log',
    may: 'read',
    query: FirehoseQuery,
    answer: EVENTS,
    example: { query: { kinds: 'task.' } },
    run: ({ app, c, query }) => follow(app, c, query),
  }),
  route({
    method: 'GET',
    path: '/api/:noun/:id/events',
    summary: 'Follow the events of one thing',
    may: 'read',
    query: FirehoseQuery,
    answer: EVENTS,
    example: { params: { noun: 'tasks', id: 't_1' } },
    run: async (call) => follow(call.app, call.c, { ...call.query, subject: await subjectIn(call) }),
  }),
]

const requestOf = (c: Context<Env>) => ({ outgoing: outgoingOf(c), actor: c.get('actor') })

async function follow(app: Site, c: Context<Env>, query: FirehoseQuery): Promise<Response> {
  const stream = app.streams.open(outgoingOf(c), c.get('actor'), 'events')
  await firehose(app).open(stream, query, cursorOf(c))
  return streaming()
}
