import { z } from 'zod'
import { eventsHead, eventsView } from '../../views/events.tsx'
import type { Page, Panel } from '../http/panel.ts'
import { EVERY_KIND } from '../live/kinds.ts'
import { mountEvents } from './event-routes.ts'
import { type KindSample, samples } from './events.ts'

const EventsFilter = z.object({})
type EventsFilter = z.infer<typeof EventsFilter>

export const panel: Panel<Page<KindSample>, EventsFilter> = {
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
