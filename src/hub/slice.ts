import { z } from 'zod'
import { hubHead, hubView } from '../../views/hub.tsx'
import { text } from '../http/answer.ts'
import { route } from '../http/route.ts'
import type { Panel } from '../http/slice.ts'
import { type HubState, LOOK_MS, look, version } from './hub.ts'
import { loop } from './loop.ts'
import { meter } from './meter.ts'
import { CONTENT_TYPE, metrics } from './metrics.ts'

const HubFilter = z.object({})
type HubFilter = z.infer<typeof HubFilter>

export const panel: Panel<HubState, HubFilter> = {
  name: 'hub',
  title: 'Hub',
  group: 'system',
  staleOn: [],
  isQuiet: true,
  pulse: { ms: LOOK_MS, version },
  query: HubFilter,
  load: async (_db, _query, app) => look(app, app.renders),
  view: (state, _query, viewer) => hubView(state, viewer),
  head: hubHead,
  routes: [
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      may: 'read',
      answer: text('The metrics', CONTENT_TYPE),
      run: async ({ app, c }) => c.body(await metrics(app, app.renders), 200, { 'Content-Type': CONTENT_TYPE, 'Cache-Control': 'no-store' }),
    }),
  ],
  init: (app) => void meter(app),
  start(app) {
    loop(app).start()
    return () => loop(app).stop()
  },
}
