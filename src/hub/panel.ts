import { z } from 'zod'
import { hubHead, hubView } from '../../views/hub.tsx'
import type { Panel } from '../http/panel.ts'
import { mustBeAllowed } from '../http/respond.ts'
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
  load: async (_db, _query, app) => look(app),
  view: (state, _query, viewer) => hubView(state, viewer),
  head: hubHead,
  routes(router, app) {
    meter(app)
    router.get('/metrics', async (c) => {
      mustBeAllowed(c, 'read')
      return c.body(await metrics(app), 200, { 'Content-Type': CONTENT_TYPE, 'Cache-Control': 'no-store' })
    })
  },
  start(app) {
    loop(app).start()
    return () => loop(app).stop()
  },
}
