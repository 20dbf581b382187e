import { eventsHead, eventsView } from '../../views/events.tsx'
import type { Panel } from '../http/panel.ts'
import { EVERY_KIND } from '../live/kinds.ts'
import { mountEvents } from './event-routes.ts'
import { EventsFilter, type KindList, samples } from './events.ts'

export const panel: Panel<KindList, EventsFilter> = {
  name: 'events',
  title: 'Events',
  group: 'system',
  staleOn: [EVERY_KIND],
  isQuiet: true,
  query: EventsFilter,
  load: samples,
  view: eventsView,
  head: eventsHead,
  routes: mountEvents,
}
