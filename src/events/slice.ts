import { eventsHead, eventsView } from '../../views/events.tsx'
import type { Slice } from '../http/slice.ts'
import { EVERY_KIND } from '../log/kinds.ts'
import { routes } from './event-routes.ts'
import { EventsFilter, type KindList, samples } from './events.ts'
import { PLANNED } from './planned.ts'

/** Every event may be the newest of its kind: a page that shows them asks again at most this often. */
const PULSE_MS = 2_000

export const slice: Slice<KindList, EventsFilter> = {
  noun: { one: 'event', many: 'events' },
  title: 'Events',
  icon: 'events',
  group: 'system',
  key: 'g e',
  events: PLANNED,
  actions: { 'events.append': ['operator', 'admin', 'ingest'] },
  fresh: { everyMs: PULSE_MS, version: (app) => app.hub.head, on: [EVERY_KIND] },
  list: { query: EventsFilter, load: (db, query, app) => samples(db, app.kinds, query), view: eventsView, head: eventsHead },
  routes,
}
