import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { inZone } from '../../views/ui/zone.ts'
import type { Viewer } from '../../views/viewer.ts'
import { isZone, SERVER_ZONE } from '../time/zone.ts'
import type { Panel } from './slice.ts'

/** `zone` is what a person chose, `tz` what their browser says; both are IANA names. */
const COOKIES = ['zone', 'tz']

/** The zone in which the viewer reads and writes times: chosen, else the browser's, else the server's. */
export function zoneOf(c: Context): string {
  return COOKIES.map((name) => getCookie(c, name)).find((zone) => zone !== undefined && isZone(zone)) ?? SERVER_ZONE
}

/** The panel with each of its views rendered in the viewer's zone. */
export function inZoneOfViewer(panel: Panel): Panel {
  const { view, head, item } = panel
  return {
    ...panel,
    view: (data, query, viewer) => inZone(viewer.zone, () => view.call(panel, data, query, viewer)),
    ...(head && { head: (query: unknown, viewer: Viewer, data) => inZone(viewer.zone, () => head.call(panel, query, viewer, data)) }),
    ...(item && { item: { ...item, view: (thing: unknown, viewer: Viewer) => inZone(viewer.zone, () => item.view(thing, viewer)) } }),
  }
}
