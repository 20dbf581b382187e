import { z } from 'zod'
import { hubHead, hubView } from '../../views/hub.tsx'
import { text } from '../http/answer.ts'
import { route } from '../http/route.ts'
import type { Slice } from '../http/slice.ts'
import { events } from '../intake/events.ts'
import { type HubState, LOOK_MS, look, version } from './hub.ts'
import { loop } from './loop.ts'
import { meter } from './meter.ts'
import { CONTENT_TYPE, exposition } from './metrics.ts'

const HubFilter = z.object({})
type HubFilter = z.infer<typeof HubFilter>

export const slice: Slice<HubState, HubFilter> = {
  noun: { one: 'hub', many: 'hub' },
  title: 'Hub',
  icon: 'hub',
  group: 'system',
  events,
  fresh: { everyMs: LOOK_MS, version },
  list: { query: HubFilter, load: (db, _query, app) => look(db, app, app.renders), view: (state, _query, viewer) => hubView(state, viewer), head: hubHead },
  routes: [
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      may: 'read',
      answer: text('The metrics', CONTENT_TYPE),
      async run({ app, c }) {
        const declared = []
        for (const { metrics } of app.slices) declared.push(...((await metrics?.(app)) ?? []))
        return c.body(await exposition(await look(app.db, app, app.renders), declared), 200, { 'Content-Type': CONTENT_TYPE, 'Cache-Control': 'no-store' })
      },
    }),
  ],
  init: (app) => void meter(app),
  start(app) {
    loop(app).start()
    return () => loop(app).stop()
  },
}
