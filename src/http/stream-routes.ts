import { FirehoseQuery, openFirehose } from '../live/firehose.ts'
import { pageStream, panelStream } from '../live/page-stream.ts'
import { stream } from './answer.ts'
import { type Route, route } from './route.ts'
import { subjectIn } from './subject.ts'

const EVENTS = stream('The events as they happen; a page of them for a request that accepts application/json')

/** What pages and programs follow. */
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/stream',
    summary: 'Hear what a page has to ask for again',
    may: 'read',
    answer: stream('The name of each panel that has changed'),
    example: { query: { watch: 't_1' } },
    run: ({ app, c }) => pageStream(app, c.get('actor'), c),
  }),
  route({
    method: 'GET',
    path: '/ui/sse/:panel',
    summary: 'Hear when one panel has changed',
    may: 'read',
    answer: stream('The panel’s name, at each change'),
    example: { params: { panel: 'tasks' } },
    run: ({ app, c, params: { panel } }) => panelStream(app, c.get('actor'), c, panel),
  }),
  route({
    method: 'GET',
    path: '/api/events',
    summary: 'Follow the log',
    may: 'read',
    query: FirehoseQuery,
    answer: EVENTS,
    example: { query: { kinds: 'task.' } },
    run: ({ app, c, query }) => openFirehose(app, c.get('actor'), c, query),
  }),
  route({
    method: 'GET',
    path: '/api/:noun/:id/events',
    summary: 'Follow the events of one thing',
    may: 'read',
    query: FirehoseQuery,
    answer: EVENTS,
    example: { params: { noun: 'tasks', id: 't_1' } },
    run: async (call) => openFirehose(call.app, call.c.get('actor'), call.c, { ...call.query, subject: await subjectIn(call) }),
  }),
]
