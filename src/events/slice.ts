import { eventsHead, eventsView } from '../../views/events.tsx'
import type { Panel } from '../http/slice.ts'
import { EVERY_KIND } from '../log/kinds.ts'
import { routes } from './event-routes.ts'
import { EventsFilter, type KindList, samples } from './events.ts'

/** Every event may be the newest of its kind: a page that shows them asks again at most this often. */
const PULSE_MS = 2_000

export const panel: Panel<KindList, EventsFilter> = {
  name: 'events',
  title: 'Events',
  group: 'system',
  staleOn: [EVERY_KIND],
  isQuiet: true,
  pulse: { ms: PULSE_MS, version: (app) => app.hub.head },
  query: EventsFilter,
  load: samples,
  view: eventsView,
  head: eventsHead,
  routes,
}
