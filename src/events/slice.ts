import { eventsHead, eventsView } from '../../views/events.tsx'
import type { Slice } from '../http/slice.ts'
import { EVERY_KIND } from '../log/kinds.ts'
import { needsReading } from '../log/search.ts'
import { routes } from './event-routes.ts'
import { type EventList, list } from './events.ts'
import { EventsFilter } from './filter.ts'
import { kindRoutes } from './kind-routes.ts'
import { PLANNED } from './planned.ts'

export const slice: Slice<EventList, EventsFilter> = {
  noun: { one: 'event', many: 'events' },
  title: 'Events',
  icon: 'events',
  group: 'system',
  key: 'g e',
  events: PLANNED,
  actions: { 'events.append': ['operator', 'admin', 'ingest'] },
  fresh: { on: [EVERY_KIND], quiet: true },
  list: {
    query: EventsFilter,
    isLong: needsReading,
    load: (db, query, { sentence, slices, clock }) => list(db, query, { sentence, nouns: slices.map(({ noun }) => noun.one), now: clock.now() }),
    view: eventsView,
    head: eventsHead,
  },
  routes: [...routes, ...kindRoutes],
}
